/// Several layers that compute what one layer does: activations and norms as exporters write them.
#pragma once

#include "net/net.hpp"

namespace ns {

/// Each cone of element-wise layers (and means, for norms) that reads one tensor, whose inner tensors nobody
/// else reads, and that computes a known activation (GELU, SiLU, hard swish, ...) or norm (layer, RMS)
/// becomes that one layer. What a cone computes is found by running it on a few numbers, so that the order
/// and the operators do not matter. A stored scale and shift behind a norm join it. The layer has the name of
/// the cone's last and the sources of all.
Net join_idioms(const Net& net);

}  // namespace ns
