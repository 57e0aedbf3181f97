/// A plan's stored values on the device.
#pragma once

#include "kernels/cudnn/device.hpp"

#include <span>
#include <vector>

namespace ns::cudnn {

class WeightStore {
 public:
  /// A copy of `values` on the device, kept as `element`, which stays as long as the store lives.
  Result<void*> keep(std::span<const float> values, Element element, const Device& device);
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  std::vector<DeviceMemory> parts_;
  std::size_t bytes_ = 0;
};

}  // namespace ns::cudnn
