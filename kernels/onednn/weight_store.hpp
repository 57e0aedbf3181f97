/// Where a plan's packed weights stand: side by side in huge pages, so that they can be evicted together.
#pragma once

#include "kernels/onednn/memory.hpp"

#include <cstddef>
#include <vector>

namespace ns::onednn {

class WeightStore {
 public:
  /// Room for `bytes` of zeros, at the start of a cache line; stays where it is as long as the store lives.
  /// Writing to it, before anything is measured, is what makes its pages be there.
  std::byte* allocate(std::size_t bytes);

  /// What has been allocated, without the rest of the pages.
  [[nodiscard]] std::vector<std::span<const std::byte>> used() const;
  /// Bytes that were asked for.
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Chunk {
    Memory memory;
    std::size_t used = 0;
  };
  std::vector<Chunk> chunks_;
  std::size_t bytes_ = 0;
};

}  // namespace ns::onednn
