/// NVIDIA's management library, opened at run time: what it says of one GPU's power.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"

#include <memory>
#include <optional>
#include <string>

namespace ns {

/// Which of the library's ways to tell power a GPU has.
enum class NvmlPower { instant, average, plain };

class NvmlGpu {
 public:
  /// GPU `index` of the library `name`. no_device if the library, the driver or the GPU is not there.
  static Result<std::unique_ptr<NvmlGpu>> open(const std::string& name, unsigned index);
  ~NvmlGpu();
  NvmlGpu(const NvmlGpu&) = delete;
  NvmlGpu& operator=(const NvmlGpu&) = delete;

  /// Since the driver was loaded; unsupported where the GPU has no such counter.
  [[nodiscard]] Result<Joules> energy() const;
  [[nodiscard]] Result<Watts> power(NvmlPower way) const;
  /// Whether heat or a power limit holds the clocks down; nothing if the GPU does not say.
  [[nodiscard]] std::optional<bool> is_throttled() const;
  /// Whether a plain power is the mean of a second: Ampere and newer, but GA100 (NVML's manual).
  [[nodiscard]] bool averages_a_second() const;
  /// "NVIDIA H200, driver 550.54"
  [[nodiscard]] std::string description() const;

 private:
  struct Functions;
  NvmlGpu(std::unique_ptr<Functions> functions, void* device);

  std::unique_ptr<Functions> functions_;
  void* device_;
};

}  // namespace ns
