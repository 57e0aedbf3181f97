/// Operators on quantised tensors that are computed with real numbers.
#pragma once

#include "net/layer.hpp"
#include "net/onnx/mapping/mapped_node.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace ns::onnx {

/// Each operand made real, an operator on them, and its result made whole again.
struct QuantisedSteps {
  struct Operand {
    std::size_t input = 0;  // of the node
    Cast cast;
  };
  std::vector<Operand> operands;
  LayerParams operation;
  Cast result;
};

/// Of QLinearAdd, QLinearMul and their like (com.microsoft), whose operands are all activations; nothing for
/// other operators and where a scale depends on data.
std::optional<QuantisedSteps> quantised_steps(const MappedNode& node);

/// Whether the node is one of these operators, whatever its operands.
bool may_have_steps(const Node& node);

}  // namespace ns::onnx
