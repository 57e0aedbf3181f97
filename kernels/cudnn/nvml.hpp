/// NVIDIA's management library, opened where there is one: throttling, and whether the device is a part of a
/// GPU.
#pragma once

#include <memory>
#include <optional>
#include <string>

namespace ns::cudnn {

class Nvml {
 public:
  /// Of the device at `bus` ("0000:3b:00.0"); null where the library or the device is not there, as on
  /// Jetson.
  static std::unique_ptr<Nvml> open(const std::string& bus);
  ~Nvml();
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  /// Whether heat or power hold the clocks down at this moment; nothing if the device does not say.
  [[nodiscard]] std::optional<bool> is_throttled() const;
  /// Whether it is partitioned (MIG); nothing if the device does not say.
  [[nodiscard]] std::optional<bool> is_partitioned() const;

 private:
  struct Functions;
  Nvml(std::unique_ptr<Functions> functions, void* device);

  std::unique_ptr<Functions> functions_;
  void* device_;
};

}  // namespace ns::cudnn
