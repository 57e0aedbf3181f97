// Normalisation, softmax, and what reduces, ranks or runs along an axis.
#include "net/onnx/mapping/mappers.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ns::onnx::mappers {
namespace {

/// Scale and shift of a norm are stored or not there, in inputs 1 and 2.
std::optional<LayerParams> with_affine(const MappedNode& node, Norm layer, double epsilon) {
  if ((node.view.has(1) && !node.stores(1)) || (node.view.has(2) && !node.stores(2))) return std::nullopt;
  layer.affine = node.view.has(1);
  layer.bias = node.view.has(2);
  layer.epsilon = node.view.real("epsilon", epsilon);
  return layer;
}

using Reduction = std::pair<std::string_view, Reduce::Kind>;
constexpr std::array reductions{
    Reduction{"ReduceL1", Reduce::Kind::l1},          Reduction{"ReduceL2", Reduce::Kind::l2},
    Reduction{"ReduceLogSum", Reduce::Kind::log_sum}, Reduction{"ReduceLogSumExp", Reduce::Kind::log_sum_exp},
    Reduction{"ReduceMax", Reduce::Kind::max},        Reduction{"ReduceMean", Reduce::Kind::mean},
    Reduction{"ReduceMin", Reduce::Kind::min},        Reduction{"ReduceProd", Reduce::Kind::prod},
    Reduction{"ReduceSum", Reduce::Kind::sum},        Reduction{"ReduceSumSquare", Reduce::Kind::sum_square},
};

}  // namespace

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

std::optional<LayerParams> layer_norm(const MappedNode& node) {
  const auto axis = node.axis(-1);
  if (!axis) return std::nullopt;
  Norm layer;
  layer.kind = node.view.node().op == "LayerNormalization" ? Norm::Kind::layer : Norm::Kind::rms;
  layer.axis = *axis;
  return with_affine(node, layer, 1e-5);
}

std::optional<LayerParams> instance_norm(const MappedNode& node) {
  Norm layer;
  layer.kind = Norm::Kind::instance;
  return with_affine(node, layer, 1e-5);
}

std::optional<LayerParams> group_norm(const MappedNode& node) {
  const auto scale = node.extents(1);
  // Opset 18 scales whole groups, later ones channels.
  if (!scale || scale->size() != 1 || node.inputs.empty() || node.inputs.front().shape.rank() < 2 ||
      scale->front() != node.inputs.front().shape[1])
    return std::nullopt;
  Norm layer;
  layer.kind = Norm::Kind::group;
  layer.groups = node.view.integer("num_groups", 1);
  return with_affine(node, layer, 1e-5);
}

std::optional<LayerParams> softmax(const MappedNode& node) {
  const std::string_view op = node.view.node().op;
  // Before opset 13 everything from the axis on is one line: the same where nothing stands behind the axis.
  const bool one_axis = node.view.opset() >= 13;
  const auto axis = node.axis(one_axis ? -1 : 1);
  if (!axis) return std::nullopt;
  const auto& shape = node.inputs.front().shape;
  const auto behind = shape.elements(static_cast<std::size_t>(*axis) + 1, shape.rank());
  if (!one_axis && behind != 1) return std::nullopt;
  const auto kind = op == "Hardmax"      ? Softmax::Kind::hard
                    : op == "LogSoftmax" ? Softmax::Kind::log
                                         : Softmax::Kind::soft;
  return Softmax{.axis = *axis, .kind = kind};
}

std::optional<LayerParams> reduce(const MappedNode& node) {
  const auto* const kind = std::ranges::find(reductions, node.view.node().op, &Reduction::first);
  auto axes = node.integers("axes", 1);
  if (kind == reductions.end() || !axes || node.inputs.empty()) return std::nullopt;
  if (axes->empty() && node.view.integer("noop_with_empty_axes", 0) != 0) return Identity{};
  const auto rank = static_cast<std::int64_t>(node.inputs.front().shape.rank());
  for (auto& axis : *axes) axis += axis < 0 ? rank : 0;
  std::ranges::sort(*axes);
  return Reduce{
      .kind = kind->second, .axes = std::move(*axes), .keep = node.view.integer("keepdims", 1) != 0};
}

std::optional<LayerParams> argmax(const MappedNode& node) {
  const auto axis = node.axis(0);
  if (!axis || node.view.integer("select_last_index", 0) != 0) return std::nullopt;
  Argmax layer;
  layer.axis = *axis;
  layer.smallest = node.view.node().op == "ArgMin";
  layer.keep = node.view.integer("keepdims", 1) != 0;
  layer.dtype = DType::int64;
  return layer;
}

/// The best first, which is one of the orders that "sorted" = 0 allows.
std::optional<LayerParams> topk(const MappedNode& node) {
  const auto axis = node.axis(-1);
  const auto k = node.view.has(1) ? node.integers(1) : std::vector{node.view.integer("k", 0)};
  if (!axis || !k || k->size() != 1) return std::nullopt;
  Topk layer{.axis = *axis, .k = k->front(), .smallest = node.view.integer("largest", 1) == 0, .outputs = {}};
  for (std::size_t i = 0; i < node.made.size(); ++i)
    if (node.made[i]) layer.outputs += i == 0 ? 'v' : 'i';
  if (layer.outputs.empty()) layer.outputs = "v";  // which is made although nobody reads it
  return layer;
}

std::optional<LayerParams> cumsum(const MappedNode& node) {
  const auto axis = node.integers(1);
  if (!axis || axis->size() != 1 || node.inputs.empty()) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(node.inputs.front().shape.rank());
  return Cumsum{.axis = axis->front() < 0 ? axis->front() + rank : axis->front(),
                .kind = node.view.node().op == "CumProd" ? Cumsum::Kind::prod : Cumsum::Kind::sum,
                .exclusive = node.view.integer("exclusive", 0) != 0,
                .reverse = node.view.integer("reverse", 0) != 0};
}

}  // namespace ns::onnx::mappers
