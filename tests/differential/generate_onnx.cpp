// The layer types that ONNX nets bring.
#include "draws.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace ns {
namespace {

Extents list_of(const Shape& shape) { return {shape.extents().begin(), shape.extents().end()}; }

}  // namespace

LayerConfig random_deconv(Random& random) {
  const std::size_t axes = random_axes(random);
  Deconv layer;
  std::int64_t channels = random_channels(random);
  layer.filters = random_channels(random);
  const std::int64_t style = random.between(0, 5);
  if (style == 0) layer.groups = layer.filters = channels;
  if (style == 1) {
    layer.groups = random.between(2, 4);
    channels *= layer.groups;
    layer.filters *= layer.groups;
  }
  layer.kernel = per_axis(random, axes, 1, axes == 3 ? 3 : 5);
  layer.stride = per_axis(random, axes, 1, 3);
  layer.dilation = Extents(axes, random.chance(4) ? 2 : 1);
  layer.pad = random_pads(random, layer.kernel);
  layer.output_pad = Extents(axes, 0);
  if (random.chance(3))
    for (std::size_t axis = 0; axis < axes; ++axis)
      layer.output_pad[axis] = random.between(0, layer.stride[axis] - 1);
  layer.bias = !random.chance(4);
  return {layer, {}, {{random_maps(random, axes, channels, 8)}}};
}

LayerConfig random_matmul(Random& random) {
  const auto m = random.between(1, 40);
  const auto n = random.between(1, 40);
  const auto k = random.between(1, 70);
  Matmul layer{random.chance(3), random.chance(3), {}, false, 1.0};
  Extents batch;
  const std::int64_t leading = random.between(0, 3);
  for (std::int64_t axis = 0; axis < leading; ++axis) batch.push_back(random.between(1, 4));
  const auto operand = [&](bool transposed, std::int64_t rows, std::int64_t columns) {
    Extents extents = batch.empty() || random.chance(2) ? batch : list_of(shrunk(random, Shape{batch}));
    extents.insert(extents.end(), {transposed ? columns : rows, transposed ? rows : columns});
    return Shape{extents};
  };
  Shape a = operand(layer.transpose_a, m, k);
  Shape b = operand(layer.transpose_b, k, n);
  if (random.chance(10)) {
    layer.transpose_a = false;
    a = Shape{k};
  } else if (random.chance(10)) {
    layer.transpose_b = false;
    b = Shape{k};
  }
  if (a.elements() % 3 == 0) layer.scale = random.real(-2.0, 2.0);
  if (!random.chance(3)) return {layer, {}, {{a}, {b}}};
  layer.with_first = random.chance(2);
  layer.with = list_of(layer.with_first ? a : b);
  return {layer, {}, {{layer.with_first ? b : a}}};
}

namespace {

LayerConfig random_recurrent(Random& random, Rnn::Kind kind) {
  Rnn layer;
  layer.kind = kind;
  layer.hidden = random.between(1, 40);
  layer.direction = random.pick(rnn_directions).value;
  layer.bias = !random.chance(4);
  layer.reset_after = layer.kind == Rnn::Kind::gru && random.chance(2);
  const bool has_cell = layer.kind == Rnn::Kind::lstm;
  layer.outputs =
      random.pick(has_cell ? std::array{"y", "yh", "yhc", "h"} : std::array{"y", "yh", "h", "yh"});
  if (random.chance(3)) layer.states = has_cell ? "hc" : "h";
  if (layer.states.empty() && random.chance(3))
    layer.stored = has_cell ? random.pick(std::array{"hc", "c"}) : "h";
  const Shape input{random.between(1, 7), random.between(1, 3), random.between(1, 40)};
  LayerConfig config{layer, {}, {{input}}};
  for (std::size_t i = 0; i < layer.states.size(); ++i)
    config.inputs.push_back({Shape{directions_of(layer), input[1], layer.hidden}});
  return config;
}

}  // namespace

LayerConfig random_rnn(Random& random) { return random_recurrent(random, random.pick(rnn_kinds).value); }

LayerConfig random_dynamic_rnn(Random& random) {
  auto config = random_recurrent(random, Rnn::Kind::lstm);
  auto& quantisation = std::get<Rnn>(config.params).quantisation;
  quantisation.dynamic = true;
  quantisation.filter_dtype = random.chance(2) ? DType::int8 : DType::uint8;
  quantisation.filter_zero_points = random.chance(2);
  return config;
}

LayerConfig random_reduce(Random& random) {
  const Shape shape = random_tensor(random);
  Reduce layer;
  layer.kind = random.pick(reduce_kinds).value;
  layer.keep = random.chance(2);
  for (std::size_t axis = 0; axis < shape.rank(); ++axis)
    if (random.chance(2)) layer.axes.push_back(static_cast<std::int64_t>(axis));
  return {layer, {}, {{shape}}};
}

LayerConfig random_topk(Random& random) {
  const Shape shape =
      random.chance(3) ? Shape{random.between(1, 3), random.between(1, 700)} : random_tensor(random);
  Topk layer;
  layer.axis = random_axis(random, shape);
  const auto extent = shape[static_cast<std::size_t>(layer.axis)];
  layer.k = random.chance(4) ? extent : random.between(1, extent);
  layer.smallest = random.chance(3);
  layer.outputs = random.pick(std::array{"vi", "vi", "v", "i"});
  // Whole numbers 0 and 1 are ties nearly everywhere.
  return {layer, {}, {{shape, random.chance(4) ? DType::int64 : DType::float32}}};
}

LayerConfig random_cumsum(Random& random) {
  const Shape shape =
      random.chance(3) ? Shape{random.between(1, 9), random.between(1, 900)} : random_tensor(random);
  const auto kind = random.chance(3) ? Cumsum::Kind::prod : Cumsum::Kind::sum;
  return {Cumsum{random_axis(random, shape), kind, random.chance(3), random.chance(3)}, {}, {{shape}}};
}

/// To whole numbers and back, by scales that float32 holds.
LayerConfig random_scaled_cast(Random& random) {
  const auto whole = random.pick(std::array{DType::int8, DType::uint8, DType::int16});
  const bool back = random.chance(2);
  Cast layer{.dtype = back ? DType::float32 : whole,
             .scale = static_cast<double>(random.pick(std::array{0.01F, 0.3F, 2.0F})),
             .zero_point = random.pick(std::array<std::int64_t, 3>{0, 7, 100})};
  return {layer, {}, {{random_tensor(random), back ? whole : DType::float32}}};
}

LayerConfig random_cast(Random& random) {
  if (random.chance(3)) return random_scaled_cast(random);
  return {Cast{random.pick(std::array{DType::int64, DType::boolean, DType::float32, DType::int32})},
          {},
          {{random_tensor(random)}}};
}

LayerConfig random_crop(Random& random) {
  const Shape shape = random_tensor(random);
  Crop layer;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const auto step = random.chance(2) ? 1 : random.pick(std::array<std::int64_t, 4>{1, 2, 3, -1});
    const auto most = (shape[axis] - 1) / std::abs(step) + 1;
    const auto count = random.chance(2) ? most : random.between(1, most);
    const auto reach = (count - 1) * std::abs(step);
    const auto low = random.between(0, shape[axis] - 1 - reach);
    layer.starts.push_back(step > 0 ? low : low + reach);
    layer.steps.push_back(step);
    layer.extents.push_back(count);
  }
  return {layer, {}, {{shape}}};
}

LayerConfig random_pad(Random& random) {
  const Shape shape = random_tensor(random);
  Pad layer{random.pick(pad_modes).value, Extents(2 * shape.rank(), 0), random.real(-1.0, 1.0)};
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    const auto most = layer.mode == Pad::Mode::reflect ? shape[axis] - 1
                      : layer.mode == Pad::Mode::wrap  ? shape[axis]
                                                       : 3;
    if (random.chance(3)) continue;
    layer.pads[axis] = random.between(-1, std::min<std::int64_t>(3, most));
    layer.pads[shape.rank() + axis] = random.between(-1, std::min<std::int64_t>(3, most));
    if (shape[axis] + layer.pads[axis] + layer.pads[shape.rank() + axis] < 1 || shape[axis] < 2)
      layer.pads[axis] = layer.pads[shape.rank() + axis] = 0;
  }
  return {layer, {}, {{shape}}};
}

LayerConfig random_expand(Random& random) {
  const Shape shape = random_tensor(random);
  return {Expand{list_of(shape)}, {}, {{shrunk(random, shape)}}};
}

LayerConfig random_tile(Random& random) {
  const Shape shape = random_tensor(random);
  Tile layer;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis)
    layer.repeats.push_back(random.chance(2) ? 1 : random.between(1, 3));
  return {layer, {}, {{shape}}};
}

LayerConfig random_transpose(Random& random) {
  Extents extents;
  const std::int64_t rank = random.between(1, 6);
  for (std::int64_t axis = 0; axis < rank; ++axis)
    extents.push_back(random.chance(4) ? 1 : random.between(2, rank < 4 ? 40 : 7));
  Transpose layer;
  layer.perm.resize(extents.size());
  std::iota(layer.perm.begin(), layer.perm.end(), 0);
  for (std::size_t left = layer.perm.size(); left > 1; --left)
    std::swap(layer.perm[left - 1],
              layer.perm[static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(left) - 1))]);
  return {layer, {}, {{Shape{extents}}}};
}

LayerConfig random_depth_space(Random& random) {
  DepthSpace layer{random.pick(depth_space_kinds).value, random.between(1, 4),
                   random.pick(depth_space_orders).value};
  const auto blocks = layer.block * layer.block;
  const bool to_space = layer.kind == DepthSpace::Kind::depth_to_space;
  const Shape shape{random.between(1, 2), random.between(1, 9) * (to_space ? blocks : 1),
                    random.between(1, 6) * (to_space ? 1 : layer.block),
                    random.between(1, 6) * (to_space ? 1 : layer.block)};
  return {layer, {}, {{shape}}};
}

LayerConfig random_gather(Random& random) {
  const Shape data = random_tensor(random);
  Gather layer;
  layer.kind = random.pick(gather_kinds).value;
  layer.axis = random_axis(random, data);
  Extents indices;
  if (layer.kind == Gather::Kind::rows) {
    layer.single = random.chance(8);
    const std::int64_t rank = layer.single ? 0 : random.between(1, 2);
    for (std::int64_t axis = 0; axis < rank; ++axis) indices.push_back(random.between(1, 9));
  } else if (layer.kind == Gather::Kind::elements) {
    for (std::size_t axis = 0; axis < data.rank(); ++axis)
      indices.push_back(static_cast<std::int64_t>(axis) == layer.axis ? random.between(1, 9)
                                                                      : random.between(1, data[axis]));
  } else {
    layer.axis = 0;
    layer.batch = data.rank() > 1 && random.chance(2)
                      ? random.between(0, static_cast<std::int64_t>(data.rank()) - 1)
                      : 0;
    for (std::int64_t axis = 0; axis < layer.batch; ++axis)
      indices.push_back(data[static_cast<std::size_t>(axis)]);
    indices.push_back(random.between(1, 9));
    indices.push_back(random.between(1, static_cast<std::int64_t>(data.rank()) - layer.batch));
  }
  const TensorType places{Shape{indices}, DType::int64};
  if (layer.single || random.chance(4)) {
    if (!layer.single) layer.indices = indices;
    return {layer, {}, {{data}}};
  }
  if (random.chance(3)) {
    layer.table = list_of(data);
    return {layer, {}, {places}};
  }
  return {layer, {}, {{data}, places}};
}

LayerConfig random_scatter(Random& random) {
  const Shape data = random_tensor(random);
  Scatter layer;
  layer.kind = random.pick(scatter_kinds).value;
  layer.combine = random.pick(scatter_combines).value;
  Extents indices;
  Extents updates;
  if (layer.kind == Scatter::Kind::elements) {
    layer.axis = random_axis(random, data);
    for (std::size_t axis = 0; axis < data.rank(); ++axis)
      indices.push_back(static_cast<std::int64_t>(axis) == layer.axis ? random.between(1, 9)
                                                                      : random.between(1, data[axis]));
    updates = indices;
  } else {
    const auto named = random.between(1, static_cast<std::int64_t>(data.rank()));
    indices = {random.between(1, 9), named};
    updates = {indices[0]};
    for (auto axis = static_cast<std::size_t>(named); axis < data.rank(); ++axis)
      updates.push_back(data[axis]);
  }
  std::vector<TensorType> inputs;
  if (random.chance(3))
    layer.data = list_of(data);
  else
    inputs.push_back({data});
  if (random.chance(3))
    layer.indices = indices;
  else
    inputs.push_back({Shape{indices}, DType::int64});
  inputs.push_back({Shape{updates}});
  return {layer, {}, std::move(inputs)};
}

LayerConfig random_resize(Random& random) {
  constexpr std::array coordinates{
      Resize::Coordinates::half_pixel,         Resize::Coordinates::half_pixel_symmetric,
      Resize::Coordinates::pytorch_half_pixel, Resize::Coordinates::align_corners,
      Resize::Coordinates::asymmetric,         Resize::Coordinates::tf_half_pixel_for_nn};
  const Shape shape = random_maps(random, random_axes(random), random_channels(random), 9);
  Resize layer;
  layer.mode = random.pick(resize_modes).value;
  layer.coordinates = random.pick(coordinates);
  layer.rounding = random.pick(resize_roundings).value;
  layer.extents = list_of(shape);
  for (std::size_t axis = random.chance(6) ? 1 : 2; axis < shape.rank(); ++axis)
    layer.extents[axis] = random.chance(2) ? 2 * shape[axis] : random.between(1, 15);
  layer.exclude_outside = layer.mode == Resize::Mode::cubic && random.chance(3);
  layer.antialias = layer.mode != Resize::Mode::nearest && random.chance(3);
  return {layer, {}, {{shape}}};
}

}  // namespace ns
