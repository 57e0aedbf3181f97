// What joins, parts, cuts out, repeats, turns and renames data.
#include "net/onnx/mapping/mappers.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

namespace ns::onnx::mappers {
namespace {

using Extents = std::vector<std::int64_t>;

Extents extents_of(const TensorType& type) {
  return {type.shape.extents().begin(), type.shape.extents().end()};
}

bool is_one_to_one(const MappedNode& node) { return node.inputs.size() == 1 && node.outputs.size() == 1; }

/// The axes that a node names, counted from the front; all where it names none.
std::optional<Extents> axes_or_all(std::optional<Extents> given, std::size_t count, std::size_t rank) {
  if (!given) return std::nullopt;
  if (given->empty()) {
    given->resize(count);
    std::iota(given->begin(), given->end(), 0);
  }
  for (auto& axis : *given) {
    axis += axis < 0 ? static_cast<std::int64_t>(rank) : 0;
    if (axis < 0 || axis >= static_cast<std::int64_t>(rank)) return std::nullopt;
  }
  return given->size() == count ? given : std::nullopt;
}

}  // namespace

std::optional<LayerParams> concat(const MappedNode& node) {
  const auto axis = node.axis(1);
  const auto count = node.view.inputs();
  if (!axis || node.inputs.empty()) return std::nullopt;
  Concat layer{.axis = *axis};
  if (node.inputs.size() == count) return layer;
  std::size_t stored = 0;
  while (stored < count && !node.stores(stored)) ++stored;
  if (stored == count || node.inputs.size() + 1 != count) return std::nullopt;
  auto extents = node.extents(stored);
  if (!extents) return std::nullopt;
  if (std::ranges::find(*extents, 0) != extents->end()) return layer;
  layer.with = std::move(*extents);
  layer.at = static_cast<std::int64_t>(stored);
  return layer;
}

std::optional<LayerParams> split(const MappedNode& node) {
  const auto axis = node.axis(0);
  if (!axis || node.outputs.size() != node.view.node().outputs.size()) return std::nullopt;
  Slice layer;
  layer.axis = *axis;
  for (const auto& output : node.outputs) {
    if (output.shape.rank() <= static_cast<std::size_t>(*axis)) return std::nullopt;
    layer.sizes.push_back(output.shape[static_cast<std::size_t>(*axis)]);
  }
  return layer;
}

std::optional<LayerParams> crop(const MappedNode& node) {
  if (!is_one_to_one(node)) return std::nullopt;
  const auto& input = node.inputs.front().shape;
  const auto starts = node.integers("starts", 1);
  if (!starts) return std::nullopt;
  const auto axes = axes_or_all(node.integers("axes", 3), starts->size(), input.rank());
  auto steps = node.integers("", 4);
  if (!axes || !steps) return std::nullopt;
  if (steps->empty()) steps->assign(starts->size(), 1);
  if (steps->size() != starts->size()) return std::nullopt;
  Crop layer{Extents(input.rank(), 0), Extents(input.rank(), 1), extents_of(node.outputs.front())};
  for (std::size_t i = 0; i < starts->size(); ++i) {
    const auto axis = static_cast<std::size_t>((*axes)[i]);
    const auto extent = input[axis];
    const auto from_front = (*starts)[i] < 0 ? (*starts)[i] + extent : (*starts)[i];
    const auto last = (*steps)[i] < 0 ? extent - 1 : extent;
    layer.starts[axis] = std::clamp<std::int64_t>(from_front, 0, std::max<std::int64_t>(last, 0));
    layer.steps[axis] = (*steps)[i];
  }
  if (std::ranges::all_of(layer.steps, [](auto step) { return step == 1; })) layer.steps.clear();
  return layer;
}

std::optional<LayerParams> pad(const MappedNode& node) {
  if (!is_one_to_one(node)) return std::nullopt;
  const auto rank = node.inputs.front().shape.rank();
  const auto pads = node.integers(node.view.opset() < 2 ? "paddings" : "pads", 1);
  if (!pads || pads->size() % 2 != 0) return std::nullopt;
  const auto count = pads->size() / 2;
  const auto axes = axes_or_all(node.integers("", 3), count, rank);
  if (!axes) return std::nullopt;
  Pad layer;
  layer.pads.assign(2 * rank, 0);
  for (std::size_t i = 0; i < count; ++i) {
    const auto axis = static_cast<std::size_t>((*axes)[i]);
    layer.pads[axis] = (*pads)[i];
    layer.pads[rank + axis] = (*pads)[count + i];
  }
  const auto mode = node.view.text("mode", "constant");
  if (mode == "reflect") layer.mode = Pad::Mode::reflect;
  if (mode == "edge") layer.mode = Pad::Mode::edge;
  if (mode == "wrap") layer.mode = Pad::Mode::wrap;
  layer.value = node.view.has(2) ? node.number(2).value_or(0.0) : node.view.real("value", 0.0);
  return layer;
}

std::optional<LayerParams> expand(const MappedNode& node) {
  if (!is_one_to_one(node)) return std::nullopt;
  return Expand{.extents = extents_of(node.outputs.front())};
}

std::optional<LayerParams> tile(const MappedNode& node) {
  auto repeats = node.integers("", 1);
  return repeats ? std::optional<LayerParams>{Tile{.repeats = std::move(*repeats)}} : std::nullopt;
}

std::optional<LayerParams> transpose(const MappedNode& node) {
  if (!is_one_to_one(node)) return std::nullopt;
  const auto given = node.view.integers("perm");
  Transpose layer{{given.begin(), given.end()}};
  if (layer.perm.empty()) {
    layer.perm.resize(node.inputs.front().shape.rank());
    std::iota(layer.perm.rbegin(), layer.perm.rend(), 0);
  }
  return layer;
}

std::optional<LayerParams> depth_space(const MappedNode& node) {
  DepthSpace layer;
  layer.kind = node.view.node().op == "DepthToSpace" ? DepthSpace::Kind::depth_to_space
                                                     : DepthSpace::Kind::space_to_depth;
  layer.block = node.view.integer("blocksize", 0);
  if (node.view.text("mode", "DCR") == "CRD") layer.order = DepthSpace::Order::crd;
  return layer;
}

std::optional<LayerParams> reshape(const MappedNode& node) {
  if (!is_one_to_one(node)) return std::nullopt;
  return Reshape{.extents = extents_of(node.outputs.front())};
}

std::optional<LayerParams> identity(const MappedNode&) { return Identity{}; }

/// In training it zeros a share of its input, unless that is none.
std::optional<LayerParams> dropout(const MappedNode& node) {
  const auto is_zero = [&](std::size_t input) { return node.number(input) == 0.0; };
  if (node.view.has(2) && !is_zero(2) && !is_zero(1)) return std::nullopt;
  return Identity{};
}

}  // namespace ns::onnx::mappers
