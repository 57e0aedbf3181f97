/// What the subgraphs of a node (branches, bodies of loops) read of the graph around them.
#pragma once

#include "net/onnx/model.hpp"

#include <string_view>
#include <vector>

namespace ns::onnx {

/// Names that no subgraph of `node` makes itself, each once, in the order in which they are first read. They
/// are the node's inputs as much as those it lists.
std::vector<std::string_view> captured_names(const Node& node);

}  // namespace ns::onnx
