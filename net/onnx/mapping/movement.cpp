// What joins, parts and renames data without computing anything.
#include "net/onnx/mapping/mappers.hpp"

#include <utility>

namespace ns::onnx::mappers {

std::optional<LayerParams> concat(const MappedNode& node) {
  const auto axis = node.axis(1);
  if (!axis || node.inputs.size() != node.view.inputs()) return std::nullopt;
  return Concat{.axis = *axis};
}

std::optional<LayerParams> split(const MappedNode& node) {
  const auto axis = node.axis(0);
  if (!axis || node.outputs.size() != node.view.outputs()) return std::nullopt;
  Slice layer;
  layer.axis = *axis;
  for (const auto& output : node.outputs) {
    if (output.shape.rank() <= static_cast<std::size_t>(*axis)) return std::nullopt;
    layer.sizes.push_back(output.shape[static_cast<std::size_t>(*axis)]);
  }
  return layer;
}

std::optional<LayerParams> reshape(const MappedNode& node) {
  if (node.outputs.size() != 1) return std::nullopt;
  const auto extents = node.outputs.front().shape.extents();
  Reshape layer;
  layer.extents.assign(extents.begin(), extents.end());
  return layer;
}

std::optional<LayerParams> identity(const MappedNode&) { return Identity{}; }

}  // namespace ns::onnx::mappers
