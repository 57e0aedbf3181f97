// Rules of everything that slides a window.
#include "core/text.hpp"
#include "net/prototxt/rules.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns::prototxt {
namespace {

using Extents = std::vector<std::int64_t>;

/// Where a kernel, stride or pad may stand: once, once per axis, or as _h and _w.
struct WindowKeys {
  std::string_view all;
  std::string_view height;
  std::string_view width;
};
constexpr WindowKeys kernel_keys{"kernel_size", "kernel_h", "kernel_w"};
constexpr WindowKeys stride_keys{"stride", "stride_h", "stride_w"};
constexpr WindowKeys pad_keys{"pad", "pad_h", "pad_w"};
constexpr WindowKeys dilation_keys{"dilation", "dilation_h", "dilation_w"};

std::size_t spatial_axes(const Context& context) {
  const auto rank = context.inputs[0].shape.rank();
  return rank > 2 ? rank - 2 : 0;
}

Extents per_axis(const Context& context, const WindowKeys& keys, std::int64_t otherwise) {
  auto& params = context.params;
  const auto axes = spatial_axes(context);
  if (params.has(keys.height) || params.has(keys.width)) {
    if (axes != 2)
      params.fail(fmt::format("{} and {} need an input with two spatial axes", keys.height, keys.width));
    return {params.integer(keys.height, otherwise), params.integer(keys.width, otherwise)};
  }
  auto values = params.integers(keys.all);
  if (values.empty()) values.push_back(otherwise);
  if (values.size() == 1) values.resize(axes, values[0]);
  if (values.size() != axes)
    params.fail(fmt::format("{} has {}, but the input has {}", keys.all, counted(values.size(), "value"),
                            counted(axes, "spatial axis", "spatial axes")));
  return values;
}

Extents kernel_of(const Context& context) {
  auto& params = context.params;
  if (!params.has(kernel_keys.all) && !(params.has(kernel_keys.height) && params.has(kernel_keys.width)))
    params.fail("kernel_size is missing; give it, or kernel_h and kernel_w");
  return per_axis(context, kernel_keys, 1);
}

Extents pads_of(const Context& context) {
  auto pads = per_axis(context, pad_keys, 0);
  const auto begins = pads;
  pads.insert(pads.end(), begins.begin(), begins.end());
  return pads;
}

std::int64_t filters_of(Params& params) {
  if (!params.has("num_output")) params.fail("num_output is missing; give the number of filters");
  return params.integer("num_output", 1);
}

Conv convolution(const Context& context) {
  auto& params = context.params;
  if (params.integer("axis", 1) != 1) params.fail("only axis 1 can hold a convolution's channels");
  return Conv{.filters = filters_of(params),
              .kernel = kernel_of(context),
              .stride = per_axis(context, stride_keys, 1),
              .pad = pads_of(context),
              .dilation = per_axis(context, dilation_keys, 1),
              .groups = params.integer("group", 1),
              .bias = params.flag("bias_term", true)};
}

Pool pooling(const Context& context) {
  static constexpr std::array<std::string_view, 3> averages{"AVE", "1", "STOCHASTIC"};
  auto& params = context.params;
  const auto kind = params.word("pool", "MAX");
  Pool pool;
  if (kind != "MAX" && kind != "0") {
    pool.kind = Pool::Kind::average;
    if (std::ranges::find(averages, kind) == averages.end() && kind != "2")
      params.fail(fmt::format("pool must be MAX, AVE or STOCHASTIC, not '{}'", kind));
  }
  pool.global = params.flag("global_pooling", false);
  if (pool.global) return pool;
  pool.kernel = kernel_of(context);
  pool.stride = per_axis(context, stride_keys, 1);
  pool.pad = pads_of(context);
  const auto round = params.word("round_mode", "CEIL");
  const bool floor = round == "FLOOR" || round == "1" || !params.flag("ceil_mode", true);
  if (!floor && round != "CEIL" && round != "0")
    params.fail(fmt::format("round_mode must be CEIL or FLOOR, not '{}'", round));
  pool.rounding = floor ? Pool::Rounding::floor : Pool::Rounding::caffe;
  const bool padded = std::ranges::any_of(pool.pad, [](std::int64_t pad) { return pad != 0; });
  pool.count_pad = pool.kind == Pool::Kind::average && padded;  // Caffe divides by the padded window
  return pool;
}

}  // namespace

LayerParams make_convolution(const Context& context) { return convolution(context); }

LayerParams make_depthwise_convolution(const Context& context) {
  auto layer = convolution(context);
  if (context.inputs[0].shape.rank() > 1) layer.groups = context.inputs[0].shape[1];
  return layer;
}

LayerParams make_local(const Context& context) {
  auto& params = context.params;
  return Local{.filters = filters_of(params),
               .kernel = kernel_of(context),
               .stride = per_axis(context, stride_keys, 1),
               .pad = pads_of(context),
               .bias = params.flag("bias_term", true)};
}

LayerParams make_deconvolution(const Context& context) {
  const auto layer = convolution(context);
  auto shape = context.inputs[0].shape;
  if (shape.rank() < 3 || context.params.mistake()) {
    context.params.fail(fmt::format("input {} needs a spatial axis", to_string(shape)));
    return Opaque{};
  }
  constexpr std::int64_t largest = std::int64_t{1} << 20;
  shape[1] = layer.filters;
  for (std::size_t axis = 0; axis + 2 < shape.rank(); ++axis) {
    const auto [low, high] =
        std::minmax({layer.kernel[axis], layer.stride[axis], layer.dilation[axis], layer.pad[axis]});
    if (low < 0 || high > largest) {
      context.params.fail(
          "kernel_size, stride, dilation and pad must not be negative nor larger than any map");
      return Opaque{};
    }
    shape[axis + 2] = layer.stride[axis] * (std::min(shape[axis + 2], largest) - 1) +
                      layer.dilation[axis] * (layer.kernel[axis] - 1) + 1 - 2 * layer.pad[axis];
  }
  if (std::ranges::any_of(shape.extents(), [](std::int64_t extent) { return extent < 1; }))
    context.params.fail("the window leaves no output; check kernel_size, stride and pad");
  return make_opaque("Deconvolution", {TensorType{shape, context.inputs[0].dtype}});
}

Result<void> add_pooling(NetWriter& net, const LayerSource& layer) {
  const auto inputs = net.inputs(layer);
  if (!inputs) return tl::unexpected{inputs.error()};
  Params params{layer, "pooling_param"};
  const auto pool = pooling({params, *inputs, layer.tops.size()});
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  if (params.word("pool", "MAX") == "STOCHASTIC")
    net.warn(layer, "stochastic", "stochastic pooling is taken as average pooling");
  if (layer.tops.size() != 2) return net.add(layer, pool);
  // The second top holds the positions of the maxima, as large as the first.
  const auto types = output_types(pool, *inputs);
  if (!types) return net.fail(layer, types.error().message);
  if (auto added =
          net.add_part(layer, "mask", make_opaque("PoolingMask", *types), layer.bottoms, {layer.tops[1]});
      !added)
    return added;
  auto first = layer;
  first.tops.resize(1);
  return net.add(first, pool);
}

}  // namespace ns::prototxt
