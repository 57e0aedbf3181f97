// Normalisation and softmax.
#include "net/onnx/mapping/mappers.hpp"

namespace ns::onnx::mappers {

std::optional<LayerParams> batch_norm(const MappedNode& node) {
  if (node.view.integer("training_mode", 0) != 0) return std::nullopt;
  Norm layer;
  layer.kind = Norm::Kind::batch;
  layer.epsilon = node.view.real("epsilon", 1e-5);
  return layer;
}

std::optional<LayerParams> lrn(const MappedNode& node) {
  Norm layer;
  layer.kind = Norm::Kind::lrn;
  layer.size = node.view.integer("size", 0);
  layer.alpha = node.view.real("alpha", 1e-4);
  layer.beta = node.view.real("beta", 0.75);
  layer.k = node.view.real("bias", 1.0);
  return layer;
}

std::optional<LayerParams> softmax(const MappedNode& node) {
  // Before opset 13 everything from the axis on is one line: the same where nothing stands behind the axis.
  const bool one_axis = node.view.opset() >= 13;
  const auto axis = node.axis(one_axis ? -1 : 1);
  if (!axis) return std::nullopt;
  const auto& shape = node.inputs.front().shape;
  const auto behind = shape.elements(static_cast<std::size_t>(*axis) + 1, shape.rank());
  return one_axis || behind == 1 ? std::optional<LayerParams>{Softmax{.axis = *axis}} : std::nullopt;
}

}  // namespace ns::onnx::mappers
