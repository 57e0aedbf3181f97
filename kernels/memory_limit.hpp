/// How much a plan may ask for.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "net/net.hpp"

namespace ns {

/// unsupported if `net`'s weights and largest activations cannot fit into this machine's memory, so that a
/// plan never asks for what a file's numbers multiply up to. `value`: what the plan keeps one value in,
/// whatever its element type.
Result<void> check_memory(const Net& net, Bytes value);
/// The same for two copies of one tensor.
Result<void> check_memory(const TensorType& type);

}  // namespace ns
