/// One GPU, opened: context, stream, libraries and our own kernels.
#pragma once

#include "core/gpu_facts.hpp"
#include "kernels/cudnn/driver.hpp"
#include "kernels/cudnn/facts.hpp"
#include "kernels/cudnn/launch.hpp"
#include "kernels/cudnn/library.hpp"
#include "kernels/cudnn/nvml.hpp"
#include "kernels/cudnn/selection.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ns::cudnn {

class Device {
 public:
  /// no_device with a remedy if there is no driver or GPU, fewer than was asked for, or an old driver.
  static Result<std::shared_ptr<const Device>> open(const Selection& selection);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  [[nodiscard]] const Selection& selection() const { return selection_; }
  [[nodiscard]] const Facts& facts() const { return facts_; }
  /// Device and libraries, in words.
  [[nodiscard]] std::string description() const;
  /// The same as numbers.
  [[nodiscard]] GpuFacts gpu() const;
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

  /// Before anything else in each thread.
  [[nodiscard]] Result<void> use() const { return context_.use(); }
  [[nodiscard]] const Stream& stream() const { return stream_; }
  [[nodiscard]] cudnnHandle_t dnn() const { return dnn_.get(); }
  [[nodiscard]] cublasHandle_t blas() const { return blas_.get(); }
  [[nodiscard]] const Kernels& kernels() const { return kernels_; }
  [[nodiscard]] bool is_throttled() const;
  /// Whether it is a part of a GPU.
  [[nodiscard]] bool is_partition() const;
  /// Overwrites memory of twice the size of the L2 cache.
  [[nodiscard]] Result<void> flush() const;

 private:
  Device(const Selection& selection, Facts facts, Context context);
  Result<void> start();

  // Freed in the opposite order.
  Selection selection_;
  Facts facts_;
  std::vector<std::string> warnings_;
  std::unique_ptr<Nvml> nvml_;
  Context context_;
  Stream stream_;
  Kernels kernels_;
  DeviceMemory flushed_;
  DeviceMemory blas_workspace_;
  DnnHandle dnn_;
  BlasHandle blas_;
};

}  // namespace ns::cudnn
