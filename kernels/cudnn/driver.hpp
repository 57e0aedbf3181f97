/// The CUDA driver's objects. Every call is checked; a failure names the call, what the driver says and what
/// to do.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "kernels/cudnn/owned.hpp"

#include <cstddef>
#include <cuda.h>
#include <span>
#include <string_view>

namespace ns::cudnn {

/// no_device for what the device or its driver lacks, unsupported where its memory is full.
Result<void> check(CUresult result, std::string_view call);

/// A device's primary context, which cuDNN and cuBLAS use as well.
class Context {
 public:
  static Result<Context> retain(CUdevice device);
  /// Makes it the calling thread's own.
  [[nodiscard]] Result<void> use() const;

  Context(Context&& other) noexcept
      : device_{other.device_}, context_{std::exchange(other.context_, nullptr)} {}
  Context& operator=(Context&&) = delete;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context();

 private:
  Context(CUdevice device, CUcontext context) : device_{device}, context_{context} {}
  CUdevice device_;
  CUcontext context_;
};

/// What is enqueued runs one after the other.
class Stream {
 public:
  static Result<Stream> create();
  [[nodiscard]] CUstream get() const { return handle_.get(); }
  /// Waits until all that was enqueued has run; the first failure among it.
  [[nodiscard]] Result<void> synchronise() const;

 private:
  Owned<CUstream, &cuStreamDestroy> handle_;
};

/// A point in a stream, with the time at which it was reached.
class Event {
 public:
  static Result<Event> create();
  [[nodiscard]] CUevent get() const { return handle_.get(); }
  [[nodiscard]] Result<void> record(const Stream& stream) const;
  /// The same within a graph: each launch of it records anew.
  [[nodiscard]] Result<void> record_in_graph(const Stream& stream) const;
  [[nodiscard]] Result<void> synchronise() const;

 private:
  Owned<CUevent, &cuEventDestroy> handle_;
};

/// On the device's own clock. Precondition: both were recorded and reached.
Result<Seconds> time_between(const Event& begin, const Event& end);

/// Memory of the device, aligned to 256 bytes.
class DeviceMemory {
 public:
  DeviceMemory() = default;
  /// unsupported if there is not as much; no bytes need no memory.
  static Result<DeviceMemory> allocate(std::size_t bytes);
  [[nodiscard]] CUdeviceptr address() const { return handle_.get(); }
  /// The same as libraries and kernels take it: nothing that the host may follow.
  [[nodiscard]] void* data() const {
    return reinterpret_cast<void*>(address());  // NOLINT(performance-no-int-to-ptr)
  }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  Owned<CUdeviceptr, &cuMemFree> handle_;
  std::size_t bytes_ = 0;
};

/// Memory of the host that the device reads and writes by itself.
class PinnedMemory {
 public:
  static Result<PinnedMemory> allocate(std::size_t bytes);
  [[nodiscard]] void* data() const { return handle_.get(); }

 private:
  Owned<void*, &cuMemFreeHost> handle_;
};

// Both wait for what the stream has to do before.
Result<void> upload(CUdeviceptr to, std::span<const float> values, const Stream& stream);
Result<void> download(std::span<float> values, CUdeviceptr from, const Stream& stream);

/// What a stream was given while it was captured, ready to be launched as one.
class Graph {
 public:
  Graph() = default;
  /// Precondition: all that `enqueue` does to `stream` has run before, so that nothing is loaded meanwhile.
  template <class Enqueue>
  static Result<Graph> capture(const Stream& stream, Enqueue&& enqueue) {
    if (auto begun = begin(stream); !begun) return tl::unexpected{std::move(begun.error())};
    auto done = enqueue();
    auto graph = end(stream);  // in any case, for the stream must leave its capture
    if (!done) return tl::unexpected{std::move(done.error())};
    return graph;
  }
  [[nodiscard]] Result<void> launch(const Stream& stream) const;

 private:
  static Result<void> begin(const Stream& stream);
  static Result<Graph> end(const Stream& stream);
  Owned<CUgraphExec, &cuGraphExecDestroy> handle_;
};

/// Code for the device, made from PTX by the driver.
class Module {
 public:
  static Result<Module> load(const char* ptx);
  [[nodiscard]] Result<CUfunction> function(const char* name) const;

 private:
  Owned<CUmodule, &cuModuleUnload> handle_;
};

}  // namespace ns::cudnn
