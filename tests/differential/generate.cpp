#include "draws.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace ns {

std::int64_t random_channels(Random& random) {
  constexpr std::array usual{1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 20, 24, 31, 32, 40, 48, 64};
  return random.pick(usual);
}

std::size_t random_axes(Random& random) {
  constexpr std::array usual{2, 2, 2, 2, 1, 3};
  return static_cast<std::size_t>(random.pick(usual));
}

Shape random_maps(Random& random, std::size_t axes, std::int64_t channels, std::int64_t most) {
  Extents extents{random.chance(4) ? 2 : 1, channels};
  const std::int64_t limit = axes == 3 ? most / 2 : most;
  for (std::size_t axis = 0; axis < axes; ++axis) extents.push_back(random.between(1, limit));
  return Shape{extents};
}

Shape random_tensor(Random& random) {
  if (random.chance(3)) {
    Extents extents;
    const std::int64_t rank = random.between(1, 5);
    for (std::int64_t axis = 0; axis < rank; ++axis) extents.push_back(random.between(1, 9));
    return Shape{extents};
  }
  return random_maps(random, random_axes(random), random_channels(random), 9);
}

Extents per_axis(Random& random, std::size_t axes, std::int64_t low, std::int64_t high) {
  Extents extents(axes, random.between(low, high));
  if (random.chance(4))
    for (auto& extent : extents) extent = random.between(low, high);
  return extents;
}

Extents random_pads(Random& random, const Extents& kernel) {
  Extents pads;
  const bool same = random.chance(2);
  for (std::size_t end = 0; end < 2; ++end) {
    for (std::size_t axis = 0; axis < kernel.size(); ++axis)
      pads.push_back(same ? (kernel[axis] - 1) / 2
                          : random.between(0, std::max<std::int64_t>(0, kernel[axis] - 1)));
  }
  return pads;
}

Shape shrunk(Random& random, const Shape& shape) {
  Extents extents(shape.extents().begin(), shape.extents().end());
  for (auto& extent : extents)
    if (random.chance(3)) extent = 1;
  if (random.chance(3)) extents.erase(extents.begin());
  return Shape{extents};
}

std::int64_t random_axis(Random& random, const Shape& shape) {
  return random.between(0, static_cast<std::int64_t>(shape.rank()) - 1);
}

namespace {

LayerConfig local(Random& random) {
  Local layer;
  layer.filters = random.pick(std::array{1, 3, 8, 16, 17, 24, 32});
  layer.kernel = per_axis(random, 2, 1, 4);
  layer.stride = per_axis(random, 2, 1, 2);
  layer.pad = random_pads(random, layer.kernel);
  layer.bias = !random.chance(4);
  return {layer, {}, {{random_maps(random, 2, random.pick(std::array{1, 3, 8, 16, 20}), 9)}}};
}

LayerConfig pool(Random& random) {
  const std::size_t axes = random_axes(random);
  Pool layer;
  layer.kind = random.chance(2) ? Pool::Kind::max : Pool::Kind::average;
  layer.global = random.chance(6);
  if (!layer.global) {
    layer.kernel = per_axis(random, axes, 1, 4);
    layer.stride = per_axis(random, axes, 1, 3);
    layer.pad = random_pads(random, layer.kernel);
    layer.rounding = pool_roundings[static_cast<std::size_t>(random.between(0, 2))].value;
    if (random.chance(4)) layer.dilation = per_axis(random, axes, 1, 3);
    layer.count_pad = layer.kind == Pool::Kind::average && random.chance(2);
  }
  return {layer, {}, {{random_maps(random, axes, random_channels(random))}}};
}

Act random_act(Random& random) {
  Act layer;
  do layer.kind = random.pick(act_kinds).value;
  while (layer.kind == Act::Kind::bitwise_not);  // whose values are no floating numbers
  switch (layer.kind) {
    case Act::Kind::leaky_relu:
      layer.alpha = random.real(0.0, 0.5);
      break;
    case Act::Kind::elu:
      layer.alpha = random.real(0.1, 2.0);
      break;
    case Act::Kind::clip:
      layer.alpha = random.real(-2.0, 0.0);
      layer.beta = random.real(0.1, 3.0);
      break;
    case Act::Kind::hardsigmoid:
      layer.alpha = random.real(0.1, 0.4);
      layer.beta = random.real(0.2, 0.8);
      break;
    case Act::Kind::celu:
    case Act::Kind::quick_gelu:
      layer.alpha = random.real(0.5, 2.0);
      break;
    case Act::Kind::selu:
      layer.alpha = random.real(1.0, 2.0);
      layer.gamma = random.real(1.0, 2.0);
      break;
    case Act::Kind::thresholded_relu:
    case Act::Kind::shrink:
      layer.alpha = random.real(0.0, 1.0);
      layer.beta = random.real(0.0, 1.0);
      break;
    case Act::Kind::power:
      layer.alpha = random.pick(std::array{0.0, 0.5, 1.0, 2.0, 3.0});
      layer.beta = random.real(0.1, 2.0);
      layer.gamma = random.real(0.0, 1.0);
      break;
    default:
      break;
  }
  return layer;
}

LayerConfig act(Random& random) {
  Act layer = random_act(random);
  Shape shape = random_tensor(random);
  if (layer.kind == Act::Kind::prelu) {
    layer.shared = shape.rank() < 2 || shape.elements() % 2 == 0;
  }
  return {layer, {}, {{shape}}};
}

LayerConfig norm(Random& random) {
  Norm layer;
  layer.kind = random.pick(norm_kinds).value;
  const bool is_lrn = layer.kind == Norm::Kind::lrn || layer.kind == Norm::Kind::lrn_within;
  if (is_lrn) {
    layer.size = random.pick(std::array{1, 3, 5, 5, 5, 7});
    layer.alpha = random.pick(std::array{1e-4, 1e-2, 0.5});
    layer.beta = random.pick(std::array{0.75, 0.75, 0.5, 1.0});
    layer.k = random.pick(std::array{1.0, 2.0});
  } else if (layer.kind == Norm::Kind::batch) {
    layer.affine = random.chance(2);
    layer.factor = random.chance(3);
  } else {
    layer.bias = random.chance(2);
    layer.affine = layer.kind == Norm::Kind::scale || !random.chance(4);
  }
  const std::size_t axes = layer.kind == Norm::Kind::lrn_within ? 2 : random_axes(random);
  Shape shape = random_maps(random, axes, random_channels(random));
  if (!is_lrn && random.chance(4)) shape = Shape{shape[0], shape[1]};
  if (layer.kind == Norm::Kind::layer || layer.kind == Norm::Kind::rms)
    layer.axis = random_axis(random, shape);
  if (layer.kind == Norm::Kind::group) do
      layer.groups = random.between(1, shape[1]);
    while (shape[1] % layer.groups != 0);
  return {layer, {}, {{shape}}};
}

LayerConfig softmax(Random& random) {
  const Shape shape = random_tensor(random);
  const Softmax layer{random_axis(random, shape), random.pick(softmax_kinds).value};
  return {layer, {}, {{shape}}};
}

LayerConfig argmax(Random& random) {
  const Shape shape = random_tensor(random);
  Argmax layer;
  layer.axis = random.between(0, static_cast<std::int64_t>(shape.rank()) - 1);
  layer.top = random.between(1, std::min<std::int64_t>(5, shape[static_cast<std::size_t>(layer.axis)]));
  layer.smallest = random.chance(3);
  layer.keep = layer.top > 1 || random.chance(2);
  return {layer, {}, {{shape}}};
}

/// Makes the condition of where a stored one.
void store_condition(Eltwise& layer, LayerConfig& config) {
  const auto& shape = config.inputs.front().shape;
  layer.condition.assign(shape.extents().begin(), shape.extents().end());
  if (layer.condition.empty()) layer.condition = {1};
  config.inputs.erase(config.inputs.begin());
  config.params = layer;
}

/// Makes one of the operands, but no condition, a stored one.
void store_one(Random& random, Eltwise& layer, LayerConfig& config) {
  const bool is_where = layer.kind == Eltwise::Kind::where;
  layer.with_first = random.chance(2);
  const std::size_t place = layer.with_first ? (is_where ? 1 : 0) : config.inputs.size() - 1;
  const auto& shape = config.inputs[place].shape;
  layer.with.assign(shape.extents().begin(), shape.extents().end());
  if (layer.with.empty()) layer.with = {1};
  config.inputs.erase(config.inputs.begin() + static_cast<std::ptrdiff_t>(place));
  config.params = layer;
}

LayerConfig eltwise(Random& random) {
  Eltwise layer;
  do layer.kind = random.pick(eltwise_kinds).value;
  while (layer.kind >= Eltwise::Kind::bitwise_and && layer.kind <= Eltwise::Kind::shift_right);
  const Shape shape = random_tensor(random);
  const bool is_where = layer.kind == Eltwise::Kind::where;
  const std::int64_t count = is_where ? 3 : layer.kind <= Eltwise::Kind::mean ? random.between(2, 4) : 2;
  LayerConfig config{layer, {}, {{shape}}};
  const bool broadcasts = random.chance(3);
  for (std::int64_t i = 1; i < count; ++i)
    config.inputs.push_back({broadcasts ? shrunk(random, shape) : shape});
  if (broadcasts && random.chance(3)) std::swap(config.inputs.front(), config.inputs.back());
  if (is_where) config.inputs.front().dtype = DType::boolean;
  if (layer.kind == Eltwise::Kind::add && random.chance(2)) {
    for (std::int64_t i = 0; i < count; ++i) layer.coefficients.push_back(random.real(-2.0, 2.0));
    config.params = layer;
  } else if (random.chance(3)) {
    store_one(random, layer, config);
  }
  if (is_where && shape.elements() % 3 == 0) store_condition(layer, config);
  return config;
}

LayerConfig concat(Random& random) {
  const Shape shape = random_tensor(random);
  Concat layer;
  layer.axis = shape.rank() > 1 && random.chance(2)
                   ? 1
                   : random.between(0, static_cast<std::int64_t>(shape.rank()) - 1);
  LayerConfig config{layer, {}, {}};
  const std::int64_t count = random.between(1, 5);
  for (std::int64_t i = 0; i < count; ++i) {
    Shape part = shape;
    part[static_cast<std::size_t>(layer.axis)] =
        layer.axis == 1 ? random_channels(random) : random.between(1, 9);
    config.inputs.push_back({part});
  }
  if (count > 1 && shape.elements() % 3 == 0) {
    layer.at = random.between(0, count - 1);
    const auto stored = config.inputs.begin() + layer.at;
    layer.with.assign(stored->shape.extents().begin(), stored->shape.extents().end());
    config.inputs.erase(stored);
    config.params = layer;
  }
  return config;
}

LayerConfig slice(Random& random) {
  Slice layer;
  Shape shape = random_tensor(random);
  layer.axis = shape.rank() > 1 && random.chance(2)
                   ? 1
                   : random.between(0, static_cast<std::int64_t>(shape.rank()) - 1);
  std::int64_t total = 0;
  const std::int64_t count = random.between(1, 4);
  for (std::int64_t i = 0; i < count; ++i) {
    layer.sizes.push_back(layer.axis == 1 ? random_channels(random) : random.between(1, 9));
    total += layer.sizes.back();
  }
  shape[static_cast<std::size_t>(layer.axis)] = total;
  return {layer, {}, {{shape}}};
}

LayerConfig reshape(Random& random) {
  const Shape shape = random_tensor(random);
  Reshape layer;
  layer.extents = random.chance(2) ? Extents{0, -1} : Extents{-1};
  return {layer, {}, {{shape}}};
}

LayerConfig identity(Random& random) {
  Identity layer;
  layer.dropout = random.chance(2);
  layer.copies = layer.dropout ? 1 : random.between(1, 3);
  return {layer, {}, {{random_tensor(random)}}};
}

Act fused_act(Random& random, std::span<const Act::Kind> kinds) {
  Act act = random_act(random);
  while (std::find(kinds.begin(), kinds.end(), act.kind) == kinds.end()) act = random_act(random);
  return act;
}

LayerConfig conv_with_epilogue(Random& random) {
  constexpr std::array alone{
      Act::Kind::relu,    Act::Kind::relu6, Act::Kind::leaky_relu, Act::Kind::elu,       Act::Kind::clip,
      Act::Kind::sigmoid, Act::Kind::tanh,  Act::Kind::htanh,      Act::Kind::hardswish, Act::Kind::silu};
  constexpr std::array behind_add{Act::Kind::relu, Act::Kind::relu6};
  LayerConfig config = random_conv(random);
  const bool adds = random.chance(2);
  if (adds) {
    const auto types = output_types(config.params, config.inputs);
    if (!types) return config;
    config.epilogue.emplace_back(Eltwise{});
    config.inputs.push_back(types->front());
  }
  if (!adds || random.chance(2))
    config.epilogue.emplace_back(adds ? fused_act(random, behind_add) : fused_act(random, alone));
  return config;
}

LayerConfig fc_with_epilogue(Random& random) {
  constexpr std::array kinds{Act::Kind::relu, Act::Kind::relu6, Act::Kind::sigmoid, Act::Kind::tanh,
                             Act::Kind::htanh};
  LayerConfig config = random_fc(random);
  config.epilogue.emplace_back(fused_act(random, kinds));
  return config;
}

struct Row {
  std::string_view type;
  LayerConfig (*make)(Random&);
};

constexpr std::array makers{Row{"conv", &random_conv},
                            Row{"conv int8", &random_integer_conv},
                            Row{"conv stored", &random_stored_conv},
                            Row{"conv dynamic", &random_dynamic_conv},
                            Row{"fc int8", &random_integer_fc},
                            Row{"fc dynamic", &random_dynamic_fc},
                            Row{"fc stored", &random_stored_fc},
                            Row{"fc", &random_fc},
                            Row{"local", &local},
                            Row{"pool", &pool},
                            Row{"act", &act},
                            Row{"norm", &norm},
                            Row{"softmax", &softmax},
                            Row{"argmax", &argmax},
                            Row{"eltwise", &eltwise},
                            Row{"concat", &concat},
                            Row{"slice", &slice},
                            Row{"reshape", &reshape},
                            Row{"identity", &identity},
                            Row{"deconv", &random_deconv},
                            Row{"matmul", &random_matmul},
                            Row{"einsum", &random_einsum},
                            Row{"attention", &random_attention},
                            Row{"rnn", &random_rnn},
                            Row{"rnn dynamic", &random_dynamic_rnn},
                            Row{"reduce", &random_reduce},
                            Row{"topk", &random_topk},
                            Row{"cumsum", &random_cumsum},
                            Row{"cast", &random_cast},
                            Row{"crop", &random_crop},
                            Row{"pad", &random_pad},
                            Row{"expand", &random_expand},
                            Row{"tile", &random_tile},
                            Row{"transpose", &random_transpose},
                            Row{"depth_space", &random_depth_space},
                            Row{"gather", &random_gather},
                            Row{"scatter", &random_scatter},
                            Row{"resize", &random_resize},
                            Row{"conv+", &conv_with_epilogue},
                            Row{"fc+", &fc_with_epilogue}};

}  // namespace

LayerConfig random_layer(std::string_view type, Random& random) {
  const auto* const row =
      std::find_if(makers.begin(), makers.end(), [&](const Row& each) { return each.type == type; });
  for (;;) {
    LayerConfig config = row->make(random);
    if (cost(config)) return config;  // many random windows do not fit their maps
  }
}

}  // namespace ns
