// Rules of types that have no room: their cost is a floor, but often their output's shape is known.
#include "net/prototxt/rules.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::prototxt {

LayerParams make_opaque(std::string_view op, std::vector<TensorType> outputs) {
  Opaque layer{.op = std::string{op}, .outputs = {}};
  for (const auto& output : outputs) layer.outputs.push_back(print(output));
  return layer;
}

LayerParams make_permute(const Context& context) {
  auto& params = context.params;
  const auto& shape = context.inputs[0].shape;
  auto order = params.integers("order");
  // Axes that are not named follow in their own order.
  for (std::int64_t axis = 0; axis < static_cast<std::int64_t>(shape.rank()); ++axis)
    if (std::ranges::find(order, axis) == order.end()) order.push_back(axis);
  if (order.size() != shape.rank()) {
    params.fail("order must name each axis at most once");
    return Opaque{};
  }
  std::vector<std::int64_t> extents;
  for (const auto axis : order) extents.push_back(shape[static_cast<std::size_t>(axis)]);
  return make_opaque("Permute", {TensorType{Shape{std::move(extents)}, context.inputs[0].dtype}});
}

/// From `axis` on the first bottom is cut to the second's extents.
LayerParams make_crop(const Context& context) {
  auto& params = context.params;
  auto type = context.inputs[0];
  const auto first = axis_of(params, "axis", params.integer("axis", 2), type.shape.rank());
  if (context.inputs.size() != 2 || context.inputs[1].shape.rank() != type.shape.rank()) {
    params.fail("needs two bottoms with equally many axes");
    return Opaque{};
  }
  for (auto axis = first; axis < type.shape.rank(); ++axis) type.shape[axis] = context.inputs[1].shape[axis];
  return make_opaque("Crop", {type});
}

LayerParams make_tile(const Context& context) {
  auto& params = context.params;
  auto type = context.inputs[0];
  const auto axis = axis_of(params, "axis", params.integer("axis", 1), type.shape.rank());
  const auto tiles = params.integer("tiles", 1);
  if (tiles < 1 || type.shape.rank() == 0 ||
      tiles > max_elements / std::max<std::int64_t>(1, type.shape.elements()))
    params.fail("tiles must be positive and leave a tensor that can be held");
  else
    type.shape[axis] *= tiles;
  return make_opaque("Tile", {type});
}

LayerParams make_reduction(const Context& context) {
  auto& params = context.params;
  const auto& shape = context.inputs[0].shape;
  const auto axis = params.integer("axis", 0);
  const auto kept = axis == 0 ? std::size_t{0} : axis_of(params, "axis", axis, shape.rank());
  const auto extents = shape.extents().subspan(0, kept);
  return make_opaque("Reduction",
                     {TensorType{Shape{{extents.begin(), extents.end()}}, context.inputs[0].dtype}});
}

/// Time, batch, then what the recurrent layer puts out.
LayerParams make_recurrent(const Context& context) {
  const auto& shape = context.inputs[0].shape;
  const auto outputs = context.params.integer("num_output", 0);
  if (shape.rank() < 2 || outputs < 1) {
    context.params.fail("needs num_output and an input of time, batch and features");
    return Opaque{};
  }
  return make_opaque("recurrent", {TensorType{Shape{shape[0], shape[1], outputs}, context.inputs[0].dtype}});
}

LayerParams make_padding(const Context& context) {
  constexpr std::int64_t largest = std::int64_t{1} << 20;
  auto type = context.inputs[0];
  const auto pad = context.params.integer("pad", 0);
  if (pad < 0 || pad > largest) context.params.fail("pad must not be negative nor larger than any map");
  for (std::size_t axis = 2; axis < type.shape.rank() && !context.params.mistake(); ++axis)
    type.shape[axis] = std::min(type.shape[axis], largest) + 2 * pad;
  return make_opaque("Padding", {type});
}

Result<void> add_unknown(NetWriter& net, const LayerSource& layer) {
  const auto inputs = net.inputs(layer);
  if (!inputs) return tl::unexpected{inputs.error()};
  const bool one_shape =
      std::ranges::all_of(*inputs, [&](const TensorType& each) { return each == inputs->front(); });
  if (!one_shape || layer.tops.size() != 1)
    return net.fail(
        layer, fmt::format("type '{}' is unknown and the shape of its output cannot be told; write the net "
                           "as native text, where an opaque layer states its outputs",
                           layer.op));
  net.warn(
      layer, "unknown " + layer.op,
      fmt::format("type '{}' is unknown: its output is assumed to have its input's shape {}, and its cost is "
                  "a lower bound",
                  layer.op, to_string(inputs->front().shape)));
  return net.add(layer, make_opaque(layer.op, {inputs->front()}));
}

}  // namespace ns::prototxt
