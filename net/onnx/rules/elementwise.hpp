/// What element-wise operators share: broadcasting of any number of inputs, with their values.
#pragma once

#include "net/onnx/node_view.hpp"
#include "net/onnx/rules/arithmetic.hpp"

#include <initializer_list>
#include <span>

namespace ns::onnx {

/// The shape that these inputs broadcast to, with its bound; no dtype. bad_input names the input that does
/// not fit.
Result<Fact> broadcast_inputs(const NodeView& node, std::span<const std::size_t> inputs);

/// Output 0 is f over inputs 0 and 1, elements of `dtype` (none: those of the first input that has one).
Result<void> infer_binary(NodeView& node, const BinaryFunction& f, std::optional<DType> dtype = std::nullopt);
Result<void> infer_unary(NodeView& node, const UnaryFunction& f);
/// Folds f over all inputs.
Result<void> infer_variadic(NodeView& node, const BinaryFunction& f);

template <const UnaryFunction& f>
Result<void> unary(NodeView& node) {
  return infer_unary(node, f);
}

template <const BinaryFunction& f>
Result<void> binary(NodeView& node) {
  return infer_binary(node, f);
}

template <const BinaryFunction& f>
Result<void> comparison(NodeView& node) {
  return infer_binary(node, f, DType::boolean);
}

template <const BinaryFunction& f>
Result<void> variadic(NodeView& node) {
  return infer_variadic(node, f);
}

}  // namespace ns::onnx
