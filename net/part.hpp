/// Some layers of a net as a net of their own.
#pragma once

#include "net/net.hpp"

#include <span>
#include <vector>

namespace ns {

struct Part {
  Net net;                        // its layers and tensors have the names of the whole's
  std::vector<TensorId> inputs;   // by the part's inputs: the whole's tensor
  std::vector<TensorId> outputs;  // likewise: what layers outside read, and outputs of the whole
};

/// `layers` ascending. A tensor that several read from outside is one input.
Part part_of(const Net& whole, std::span<const LayerId> layers);

}  // namespace ns
