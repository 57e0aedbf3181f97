// Products with stored matrices.
#include "net/onnx/mapping/mappers.hpp"

namespace ns::onnx::mappers {

std::optional<LayerParams> gemm(const MappedNode& node) {
  const auto& view = node.view;
  const auto weights = node.stores(1) ? node.extents(1) : std::nullopt;
  if (!weights || weights->size() != 2 || view.integer("transA", 0) != 0 || (view.has(2) && !node.stores(2)))
    return std::nullopt;
  return Fc{.features = weights->at(view.integer("transB", 0) != 0 ? 0 : 1), .bias = view.has(2)};
}

}  // namespace ns::onnx::mappers
