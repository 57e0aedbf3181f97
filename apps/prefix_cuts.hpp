/// The places where a net can be parted in two by its own order: what runs first, what ships, what follows.
#pragma once

#include "net/net.hpp"

#include <cstddef>
#include <vector>

namespace ns {

/// The layers before `index` run on one side, the others on the other.
struct PrefixCut {
  std::size_t index = 0;
  std::vector<TensorId> crossing;  // made before or an input, and read behind
  Bytes size;
};

/// Index 0 to the number of layers. Above 2,000 layers only cuts that at most one tensor crosses.
std::vector<PrefixCut> prefix_cuts(const Net& net);

}  // namespace ns
