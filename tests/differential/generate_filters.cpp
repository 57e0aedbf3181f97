// Layers with filters: real ones, and such as are stored and multiplied as whole numbers.
#include "draws.hpp"

#include <algorithm>

namespace ns {

LayerConfig random_conv(Random& random) {
  const std::size_t axes = random_axes(random);
  Conv layer;
  std::int64_t channels = random_channels(random);
  layer.filters = random_channels(random);
  const std::int64_t style = random.between(0, 5);
  if (style == 0) {  // depthwise
    layer.groups = channels;
    layer.filters = channels * random.between(1, 2);
  } else if (style == 1) {  // grouped
    layer.groups = random.between(2, 4);
    channels *= layer.groups;
    layer.filters *= layer.groups;
  }
  layer.kernel = per_axis(random, axes, 1, axes == 3 ? 3 : 5);
  layer.stride = per_axis(random, axes, 1, 3);
  layer.dilation = Extents(axes, random.chance(4) ? 2 : 1);
  layer.pad = random_pads(random, layer.kernel);
  layer.bias = !random.chance(4);
  const Shape maps = random_maps(random, axes, channels);
  layer.stored = !random.chance(6);
  if (layer.stored) return {layer, {}, {{maps}}};
  return {layer, {}, {{maps}, {filter_shape(layer, maps)}}};
}

LayerConfig random_fc(Random& random) {
  Fc layer;
  layer.features = random.between(1, 70);
  layer.bias = !random.chance(4);
  const Shape input =
      random.chance(2) ? Shape{random.between(1, 5), random.between(1, 90)} : random_tensor(random);
  if (input.rank() > 1 && random.chance(2))
    layer.axis = random.between(0, static_cast<std::int64_t>(input.rank()) - 1);
  return {layer, {}, {{input}}};
}

namespace {

/// The same layer on whole numbers, with filters of whole ones; one in four leaves real numbers.
template <class Layer>
LayerConfig quantised(Random& random, LayerConfig config) {
  auto& quantisation = std::get<Layer>(config.params).quantisation;
  const auto whole = [&] { return random.chance(2) ? DType::int8 : DType::uint8; };
  config.inputs[0].dtype = whole();
  const auto zero_point = [&](DType dtype) {
    if (random.chance(3)) return std::int64_t{0};
    return dtype == DType::int8 ? random.between(-128, 127) : random.between(0, 255);
  };
  quantisation.filter_dtype = whole();
  quantisation.filter_zero_points = random.chance(2);
  quantisation.in = {0.01 * static_cast<double>(random.between(1, 5)), zero_point(config.inputs[0].dtype)};
  if (random.chance(4)) return config;
  quantisation.out_dtype = whole();
  quantisation.out = {0.01 * static_cast<double>(random.between(2, 9)), zero_point(quantisation.out_dtype)};
  return config;
}

LayerConfig conv_with_stored_filters(Random& random) {
  LayerConfig config = random_conv(random);
  std::get<Conv>(config.params).stored = true;
  config.inputs.resize(1);
  return config;
}

/// Real numbers through filters stored as whole ones.
template <class Layer>
LayerConfig stored_whole(Random& random, LayerConfig config) {
  auto& quantisation = std::get<Layer>(config.params).quantisation;
  quantisation.filter_dtype = random.chance(2) ? DType::int8 : DType::uint8;
  quantisation.filter_zero_points = random.chance(2);
  return config;
}

/// Real numbers that are made whole as they arrive.
template <class Layer>
LayerConfig dynamic(Random& random, LayerConfig config) {
  config = stored_whole<Layer>(random, std::move(config));
  std::get<Layer>(config.params).quantisation.dynamic = true;
  return config;
}

}  // namespace

LayerConfig random_integer_conv(Random& random) {
  return quantised<Conv>(random, conv_with_stored_filters(random));
}
LayerConfig random_integer_fc(Random& random) { return quantised<Fc>(random, random_fc(random)); }

LayerConfig random_stored_conv(Random& random) {
  return stored_whole<Conv>(random, conv_with_stored_filters(random));
}
LayerConfig random_stored_fc(Random& random) { return stored_whole<Fc>(random, random_fc(random)); }

LayerConfig random_dynamic_conv(Random& random) {
  return dynamic<Conv>(random, conv_with_stored_filters(random));
}
LayerConfig random_dynamic_fc(Random& random) { return dynamic<Fc>(random, random_fc(random)); }

}  // namespace ns
