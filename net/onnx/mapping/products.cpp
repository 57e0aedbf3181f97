// Products with stored matrices.
#include "net/onnx/mapping/mappers.hpp"

namespace ns::onnx::mappers {
namespace {

/// A stored matrix [columns, features], or [features, columns] where `transposed`, behind the last axis of
/// the one activation.
std::optional<LayerParams> product(const MappedNode& node, bool transposed, bool bias) {
  const auto weights = node.stores(1) ? node.extents(1) : std::nullopt;
  if (!weights || weights->size() != 2 || node.inputs.size() != 1) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(node.inputs.front().shape.rank());
  return Fc{.features = weights->at(transposed ? 0 : 1), .bias = bias, .axis = rank > 1 ? rank - 1 : 1};
}

}  // namespace

std::optional<LayerParams> gemm(const MappedNode& node) {
  const auto& view = node.view;
  if (view.integer("transA", 0) != 0 || (view.has(2) && !node.stores(2))) return std::nullopt;
  return product(node, view.integer("transB", 0) != 0, view.has(2));
}

std::optional<LayerParams> matmul(const MappedNode& node) { return product(node, false, false); }

}  // namespace ns::onnx::mappers
