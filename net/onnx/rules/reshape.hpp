/// Reshape, whose target may leave one extent to be computed and others to be copied.
#pragma once

#include "net/onnx/node_view.hpp"

namespace ns::onnx {

Result<void> reshape(NodeView& node);

}  // namespace ns::onnx
