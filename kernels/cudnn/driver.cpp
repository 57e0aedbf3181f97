#include "kernels/cudnn/driver.hpp"

#include "core/quantity.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns::cudnn {
namespace {

struct Remedy {
  CUresult result;
  std::string_view words;
};

constexpr std::array remedies{
    Remedy{CUDA_ERROR_OUT_OF_MEMORY,
           "the GPU's memory is full; stop what else uses it, or take a smaller net or workspace"},
    Remedy{CUDA_ERROR_NO_DEVICE,
           "the driver sees no GPU; see nvidia-smi, CUDA_VISIBLE_DEVICES, and in a container its --gpus"},
    Remedy{CUDA_ERROR_STUB_LIBRARY, "that is the toolkit's stub and no driver; install NVIDIA's driver"},
    Remedy{CUDA_ERROR_SYSTEM_DRIVER_MISMATCH,
           "the driver's library and its kernel module differ; restart the machine after an update"},
    Remedy{CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE,
           "this GPU takes no compatibility libraries; remove them from LD_LIBRARY_PATH"},
    Remedy{CUDA_ERROR_UNSUPPORTED_PTX_VERSION, "the driver is older than the plug-in; update the driver"},
    Remedy{CUDA_ERROR_INVALID_PTX, "the driver does not take the plug-in's code; update the driver"},
    Remedy{CUDA_ERROR_NO_BINARY_FOR_GPU, "this GPU is older than what the plug-in was built for"},
    Remedy{CUDA_ERROR_DEVICE_UNAVAILABLE,
           "another process holds the GPU alone; end it, or set its compute mode to default"},
    Remedy{CUDA_ERROR_ECC_UNCORRECTABLE, "the GPU's memory is damaged; reset it (nvidia-smi -r)"},
    Remedy{CUDA_ERROR_ILLEGAL_ADDRESS, "a kernel left its memory; that is a fault of this program"},
    Remedy{CUDA_ERROR_LAUNCH_TIMEOUT, "a display's GPU may not compute that long; use one without a display"},
};

std::string name_of(CUresult result) {
  const char* name = nullptr;
  if (cuGetErrorName(result, &name) != CUDA_SUCCESS || name == nullptr)
    return fmt::format("CUDA error {}", static_cast<int>(result));
  return name;
}

}  // namespace

Result<void> check(CUresult result, std::string_view call) {
  if (result == CUDA_SUCCESS) return {};
  const auto* const known = std::ranges::find(remedies, result, &Remedy::result);
  const std::string_view words =
      known == remedies.end() ? "the GPU or its driver failed; see dmesg and nvidia-smi" : known->words;
  const bool is_full = result == CUDA_ERROR_OUT_OF_MEMORY;
  return failure(is_full ? Errc::unsupported : Errc::no_device,
                 fmt::format("{}: {}: {}", call, name_of(result), words));
}

Result<Context> Context::retain(CUdevice device) {
  CUcontext context = nullptr;
  if (auto retained = check(cuDevicePrimaryCtxRetain(&context, device), "cuDevicePrimaryCtxRetain");
      !retained)
    return tl::unexpected{std::move(retained.error())};
  Context owned{device, context};
  if (auto used = owned.use(); !used) return tl::unexpected{std::move(used.error())};
  return owned;
}

Result<void> Context::use() const { return check(cuCtxSetCurrent(context_), "cuCtxSetCurrent"); }

Context::~Context() {
  if (context_ != nullptr) cuDevicePrimaryCtxRelease(device_);
}

Result<Stream> Stream::create() {
  CUstream handle = nullptr;
  if (auto made = check(cuStreamCreate(&handle, CU_STREAM_NON_BLOCKING), "cuStreamCreate"); !made)
    return tl::unexpected{std::move(made.error())};
  Stream stream;
  stream.handle_ = Owned<CUstream, &cuStreamDestroy>{handle};
  return stream;
}

Result<void> Stream::synchronise() const { return check(cuStreamSynchronize(get()), "cuStreamSynchronize"); }

Result<Event> Event::create() {
  CUevent handle = nullptr;
  if (auto made = check(cuEventCreate(&handle, CU_EVENT_DEFAULT), "cuEventCreate"); !made)
    return tl::unexpected{std::move(made.error())};
  Event event;
  event.handle_ = Owned<CUevent, &cuEventDestroy>{handle};
  return event;
}

Result<void> Event::record(const Stream& stream) const {
  return check(cuEventRecord(get(), stream.get()), "cuEventRecord");
}

Result<void> Event::record_in_graph(const Stream& stream) const {
  return check(cuEventRecordWithFlags(get(), stream.get(), CU_EVENT_RECORD_EXTERNAL),
               "cuEventRecordWithFlags");
}

Result<void> Event::synchronise() const { return check(cuEventSynchronize(get()), "cuEventSynchronize"); }

Result<Seconds> time_between(const Event& begin, const Event& end) {
  float milliseconds = 0.0F;
  auto read = check(cuEventElapsedTime(&milliseconds, begin.get(), end.get()), "cuEventElapsedTime");
  if (!read) return tl::unexpected{std::move(read.error())};
  return Seconds{static_cast<double>(milliseconds) * 1e-3};
}

Result<DeviceMemory> DeviceMemory::allocate(std::size_t bytes) {
  DeviceMemory memory;
  if (bytes == 0) return memory;
  CUdeviceptr address = 0;
  auto made = check(cuMemAlloc(&address, bytes),
                    fmt::format("cuMemAlloc of {}", print(Bytes{static_cast<double>(bytes)})));
  if (!made) return tl::unexpected{std::move(made.error())};
  memory.handle_ = Owned<CUdeviceptr, &cuMemFree>{address};
  memory.bytes_ = bytes;
  return memory;
}

Result<PinnedMemory> PinnedMemory::allocate(std::size_t bytes) {
  void* data = nullptr;
  if (auto made = check(cuMemHostAlloc(&data, bytes, 0), "cuMemHostAlloc"); !made)
    return tl::unexpected{std::move(made.error())};
  PinnedMemory memory;
  memory.handle_ = Owned<void*, &cuMemFreeHost>{data};
  return memory;
}

Result<void> upload(CUdeviceptr to, std::span<const float> values, const Stream& stream) {
  if (values.empty()) return {};
  auto sent =
      check(cuMemcpyHtoDAsync(to, values.data(), values.size_bytes(), stream.get()), "cuMemcpyHtoDAsync");
  return sent ? stream.synchronise() : sent;
}

Result<void> download(std::span<float> values, CUdeviceptr from, const Stream& stream) {
  if (values.empty()) return {};
  auto sent =
      check(cuMemcpyDtoHAsync(values.data(), from, values.size_bytes(), stream.get()), "cuMemcpyDtoHAsync");
  return sent ? stream.synchronise() : sent;
}

Result<void> Graph::begin(const Stream& stream) {
  return check(cuStreamBeginCapture(stream.get(), CU_STREAM_CAPTURE_MODE_RELAXED), "cuStreamBeginCapture");
}

Result<Graph> Graph::end(const Stream& stream) {
  CUgraph captured = nullptr;
  auto ended = check(cuStreamEndCapture(stream.get(), &captured), "cuStreamEndCapture");
  const Owned<CUgraph, &cuGraphDestroy> graph{captured};
  if (!ended) return tl::unexpected{std::move(ended.error())};
  CUgraphExec handle = nullptr;
  auto made = check(cuGraphInstantiateWithFlags(&handle, graph.get(), 0), "cuGraphInstantiateWithFlags");
  if (!made) return tl::unexpected{std::move(made.error())};
  Graph ready;
  ready.handle_ = Owned<CUgraphExec, &cuGraphExecDestroy>{handle};
  if (auto sent = check(cuGraphUpload(handle, stream.get()), "cuGraphUpload"); !sent)
    return tl::unexpected{std::move(sent.error())};
  return ready;
}

Result<void> Graph::launch(const Stream& stream) const {
  return check(cuGraphLaunch(handle_.get(), stream.get()), "cuGraphLaunch");
}

Result<Module> Module::load(const char* ptx) {
  CUmodule handle = nullptr;
  if (auto made = check(cuModuleLoadData(&handle, ptx), "cuModuleLoadData"); !made)
    return tl::unexpected{std::move(made.error())};
  Module loaded;
  loaded.handle_ = Owned<CUmodule, &cuModuleUnload>{handle};
  return loaded;
}

Result<CUfunction> Module::function(const char* name) const {
  CUfunction function = nullptr;
  auto found = check(cuModuleGetFunction(&function, handle_.get(), name),
                     fmt::format("cuModuleGetFunction of {}", name));
  if (!found) return tl::unexpected{std::move(found.error())};
  return function;
}

}  // namespace ns::cudnn
