/// Which nodes of a model run on the device.
#pragma once

#include "core/error.hpp"
#include "net/onnx/onnx.hpp"

#include <span>
#include <string>
#include <vector>

namespace ns::onnx {

/// Those after which the net is cut and all that they are computed from. Each name is a node's (as listings
/// have it, or of a function call), else a tensor's; the input of a graph leaves everything to the server.
/// By index of the file's nodes. usage, with a suggestion, for a name that the model has not, and for a step
/// inside a node.
Result<std::vector<bool>> device_side(ModelFile& file, std::span<const std::string> cut_after);

}  // namespace ns::onnx
