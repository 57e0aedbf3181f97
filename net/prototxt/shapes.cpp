// Rules of what rearranges tensors, and of the types that flatten on the way.
#include "core/text.hpp"
#include "net/prototxt/rules.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace ns::prototxt {
namespace {

/// The axis of concat and slice, which once had another name.
std::int64_t joined_axis(Params& params, std::string_view old_key, std::size_t rank) {
  const auto axis = params.integer("axis", params.integer(old_key, 1));
  return static_cast<std::int64_t>(axis_of(params, "axis", axis, rank));
}

std::vector<std::int64_t> extents_between(const Shape& shape, std::size_t first, std::size_t last) {
  const auto extents = shape.extents().subspan(first, last - first);
  return {extents.begin(), extents.end()};
}

}  // namespace

std::size_t axis_of(Params& params, std::string_view key, std::int64_t axis, std::size_t rank) {
  const auto signed_rank = static_cast<std::int64_t>(rank);
  if (axis < -signed_rank || axis >= signed_rank) {
    params.fail(fmt::format("{} is {}, but the input has {}", key, axis, counted(rank, "axis", "axes")));
    return 0;
  }
  return static_cast<std::size_t>(axis < 0 ? axis + signed_rank : axis);
}

LayerParams make_softmax(const Context& context) {
  const auto axis = context.params.integer("axis", 1);
  const auto rank = context.inputs[0].shape.rank();
  return Softmax{.axis = static_cast<std::int64_t>(axis_of(context.params, "axis", axis, rank))};
}

LayerParams make_concat(const Context& context) {
  return Concat{.axis = joined_axis(context.params, "concat_dim", context.inputs[0].shape.rank())};
}

LayerParams make_slice(const Context& context) {
  auto& params = context.params;
  const auto& shape = context.inputs[0].shape;
  const auto axis = joined_axis(params, "slice_dim", shape.rank());
  const auto extent = shape.rank() > 0 ? shape[static_cast<std::size_t>(axis)] : 1;
  const auto parts = static_cast<std::int64_t>(context.outputs);
  auto points = params.integers("slice_point");
  if (points.empty() && parts > 0) {
    if (extent % parts != 0)
      params.fail(
          fmt::format("{} tops do not divide axis {} of extent {}; give slice_point", parts, axis, extent));
    for (std::int64_t i = 1; i < parts; ++i) points.push_back(i * (extent / parts));
  }
  if (points.size() + 1 != context.outputs)
    params.fail(
        fmt::format("{} slice_point for {} tops; one fewer than tops is right", points.size(), parts));
  points.push_back(extent);
  std::int64_t begin = 0;
  Slice slice{.axis = axis, .sizes = {}};
  for (const auto point : points) {
    if (point <= begin || point > extent) {
      params.fail(fmt::format("slice_point must ascend between 0 and {}", extent));
      break;
    }
    slice.sizes.push_back(point - begin);
    begin = point;
  }
  return slice;
}

LayerParams make_flatten(const Context& context) {
  auto& params = context.params;
  const auto& shape = context.inputs[0].shape;
  const auto first = axis_of(params, "axis", params.integer("axis", 1), shape.rank());
  const auto last = axis_of(params, "end_axis", params.integer("end_axis", -1), shape.rank());
  if (first > last) params.fail("axis stands behind end_axis");
  if (params.mistake()) return Reshape{};
  if (first == 1 && last + 1 == shape.rank()) return Reshape{{0, -1}};
  auto extents = extents_between(shape, 0, first);
  extents.push_back(shape.elements(first, last + 1));
  const auto behind = extents_between(shape, last + 1, shape.rank());
  extents.insert(extents.end(), behind.begin(), behind.end());
  return Reshape{std::move(extents)};
}

/// Caffe reshapes `num_axes` axes from `axis` on; the others stay.
LayerParams make_reshape(const Context& context) {
  auto& params = context.params;
  const auto& shape = context.inputs[0].shape;
  const auto rank = static_cast<std::int64_t>(shape.rank());
  const auto shapes = params.shapes("shape");
  if (shapes.empty()) params.fail("shape is missing; give shape { dim: ... }");
  auto axis = params.integer("axis", 0);
  if (axis < -rank - 1 || axis > rank)
    params.fail(fmt::format("axis is {}, but the input has {}", axis, counted(rank, "axis", "axes")));
  if (params.mistake()) return Reshape{};
  const auto count = params.integer("num_axes", -1);
  if (axis < 0) axis += rank + 1;
  const auto end = count == -1 ? rank : axis + std::min(count, rank + 1);
  if (end > rank || count < -1)
    params.fail(fmt::format("num_axes is {}, but the input has {}", count, counted(rank, "axis", "axes")));
  if (params.mistake()) return Reshape{};

  const auto first = static_cast<std::size_t>(axis);
  auto extents = extents_between(shape, 0, first);
  for (std::size_t i = 0; i < shapes[0].size(); ++i) {
    const bool copied = shapes[0][i] == 0 && first > 0 && first + i < shape.rank();
    extents.push_back(copied ? shape[first + i] : shapes[0][i]);
  }
  const auto behind = extents_between(shape, static_cast<std::size_t>(end), shape.rank());
  extents.insert(extents.end(), behind.begin(), behind.end());
  return Reshape{std::move(extents)};
}

Result<void> add_inner_product(NetWriter& net, const LayerSource& layer) {
  const auto inputs = net.inputs(layer);
  if (!inputs) return tl::unexpected{inputs.error()};
  Params params{layer, "inner_product_param"};
  if (!params.has("num_output")) params.fail("num_output is missing; give the number of features");
  const Fc product{.features = params.integer("num_output", 1), .bias = params.flag("bias_term", true)};
  params.flag("transpose", false);  // another layout of the same weights
  const auto& shape = inputs->front().shape;
  const bool is_row = shape.rank() == 1;
  const auto axis =
      is_row ? std::size_t{1} : axis_of(params, "axis", params.integer("axis", 1), shape.rank());
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  if (axis == 1) return net.add(layer, product);

  // Elsewhere the axes before it are rows of one large matrix.
  const auto rows = layer.name + "/rows";
  const auto products = layer.name + "/product";
  auto last = layer;
  last.bottoms = {products};
  auto extents = extents_between(shape, 0, axis);
  extents.push_back(product.features);
  const Reshape as_rows{{shape.elements(0, axis), shape.elements(axis, shape.rank())}};
  if (auto added = net.add_part(layer, "rows", as_rows, layer.bottoms, {rows}); !added) return added;
  if (auto added = net.add_part(layer, "product", product, {rows}, {products}); !added) return added;
  return net.add(last, Reshape{std::move(extents)});
}

Result<void> add_argmax(NetWriter& net, const LayerSource& layer) {
  const auto inputs = net.inputs(layer);
  if (!inputs) return tl::unexpected{inputs.error()};
  Params params{layer, "argmax_param"};
  const auto top = params.integer("top_k", 1);
  const bool values = params.flag("out_max_val", false);
  const auto& shape = inputs->front().shape;
  if (params.has("axis")) {
    const auto axis = axis_of(params, "axis", params.integer("axis", 0), shape.rank());
    if (auto accepted = net.accept(layer, params); !accepted) return accepted;
    if (values)
      net.warn(layer, "largest",
               "the largest values are asked for; their positions are given, which cost the same");
    return net.add(layer, Argmax{.axis = static_cast<std::int64_t>(axis), .top = top});
  }
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  if (shape.rank() < 2) return net.fail(layer, fmt::format("input {} has no classes", to_string(shape)));
  // Without an axis the whole item is one list of classes: N, then positions or pairs of position and value.
  if (values) {
    if (top < 1 || top > shape.elements(1, shape.rank()))
      return net.fail(layer, "top_k must fit the classes");
    return net.add(layer, make_opaque("ArgMax", {TensorType{Shape{shape[0], 2, top}}}));
  }
  const Argmax argmax{.axis = 1, .top = top};
  if (shape.rank() == 2) return net.add(layer, argmax);
  auto last = layer;
  last.bottoms = {layer.name + "/classes"};
  if (auto added = net.add_part(layer, "classes", Reshape{{0, -1}}, layer.bottoms, last.bottoms); !added)
    return added;
  return net.add(last, argmax);
}

}  // namespace ns::prototxt
