/// Which activations may share memory.
#pragma once

#include "kernels/onednn/step.hpp"

#include <span>
#include <vector>

namespace ns::onednn {

struct Arena {
  std::vector<std::size_t> offsets;  // by BufferId; 0 for what is no activation
  std::size_t bytes = 0;
};

/// Places activations so that no two alive at the same step overlap, the largest first, each as low as it
/// fits.
Arena arrange(std::span<const Buffer> buffers);

}  // namespace ns::onednn
