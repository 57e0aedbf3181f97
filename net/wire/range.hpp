/// A stretch of bytes of a file.
#pragma once

#include <cstdint>

namespace ns::wire {

struct Range {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

}  // namespace ns::wire
