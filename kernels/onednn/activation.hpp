/// Activations in oneDNN's terms.
#pragma once

#include "kernels/onednn/primitives.hpp"
#include "net/layers/act.hpp"

#include <vector>

namespace ns::onednn {

/// The functions that `act` is, one behind the other; none where oneDNN lacks one, or for prelu, which
/// depends on the channel.
std::vector<EltwiseStep> steps_of(const Act& act);

}  // namespace ns::onednn
