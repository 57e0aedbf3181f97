/// Real numbers between the types that they are kept as.
#pragma once

#include "kernels/cudnn/device.hpp"
#include "kernels/cudnn/kernels/parameters.hpp"

#include <cstdint>
#include <span>

namespace ns::cudnn {

/// Enqueues the copy of `count` numbers from memory of one type to that of another, one of which is float32:
/// to the nearest, of two the even one; beyond the largest infinity.
Result<void> convert(const Device& device, const void* from, Element from_element, void* to,
                     Element to_element, std::int64_t count);

/// Copies between the host and memory of the device that keeps `element`. Both wait for what the stream has
/// to do before.
Result<void> send(void* to, std::span<const float> values, Element element, const Device& device);
Result<void> fetch(std::span<float> values, const void* from, Element element, const Device& device);

}  // namespace ns::cudnn
