/// Which activations of a plan may share memory.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ns {

/// How much memory something needs, and from which step to which.
struct Lifetime {
  std::size_t bytes = 0;  // 0: none at all
  std::size_t first_step = 0;
  std::size_t last_step = 0;
  bool persistent = false;  // always
};

struct Arena {
  std::vector<std::size_t> offsets;  // one for each lifetime; 0 for what needs none
  std::size_t bytes = 0;
};

/// Places them so that no two alive at the same step overlap, the largest first, each as low as it fits;
/// offsets are multiples of `alignment`.
Arena arrange(std::span<const Lifetime> lifetimes, std::size_t alignment);

}  // namespace ns
