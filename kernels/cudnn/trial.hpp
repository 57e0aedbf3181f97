/// Memory to try out in what a library proposes, before the plan has any.
#pragma once

#include "kernels/cudnn/device.hpp"

#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

namespace ns::cudnn {

inline std::size_t elements_of(const std::vector<std::int64_t>& extents) {
  return static_cast<std::size_t>(
      std::accumulate(extents.begin(), extents.end(), std::int64_t{1}, std::multiplies<>{}));
}

/// Parts of one allocation, zeros throughout.
class Trial {
 public:
  /// Before allocate(): room for so many floats; its place.
  std::size_t reserve(std::size_t elements) {
    constexpr std::size_t alignment = 64;  // floats: 256 bytes
    const std::size_t place = elements_;
    elements_ += (elements + alignment - 1) / alignment * alignment;
    return place;
  }
  Result<void> allocate(const Device& device) {
    auto memory = DeviceMemory::allocate(elements_ * sizeof(float));
    if (!memory) return tl::unexpected{std::move(memory.error())};
    memory_ = std::move(*memory);
    return check(cuMemsetD8Async(memory_.address(), 0, memory_.bytes(), device.stream().get()),
                 "cuMemsetD8Async");
  }
  [[nodiscard]] void* at(std::size_t place) const {
    return place_in(memory_.data(), static_cast<std::int64_t>(place), Element::float32);
  }

 private:
  std::size_t elements_ = 0;
  DeviceMemory memory_;
};

/// Whether a library took what was enqueued; fails for whatever is no refusal. `call`: its name.
inline Result<bool> is_taken(const Device& device, cudnnStatus_t status, std::string_view call) {
  if (auto ended = device.stream().synchronise(); !ended) return tl::unexpected{std::move(ended.error())};
  if (is_refusal(status)) return false;
  if (auto done = check(status, call); !done) return tl::unexpected{std::move(done.error())};
  return true;
}

}  // namespace ns::cudnn
