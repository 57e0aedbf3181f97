#include "kernels/onednn/layers.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

/// oneDNN counts an output pad as a smaller pad at the end.
Sliding window_of(const Deconv& layer) {
  const auto axes = static_cast<std::ptrdiff_t>(layer.kernel.size());
  Dims end(layer.pad.begin() + axes, layer.pad.end());
  for (std::size_t axis = 0; axis < end.size(); ++axis) end[axis] -= layer.output_pad[axis];
  return {layer.kernel, layer.stride, layer.dilation, Dims(layer.pad.begin(), layer.pad.begin() + axes), end};
}

/// [filters, channels, kernel...], or [groups, filters / groups, channels / groups, kernel...]; ONNX keeps
/// the channels outside the filters.
Desc weights_of(const Deconv& layer, std::int64_t all_channels) {
  const auto filters = layer.filters / layer.groups;
  const auto channels = all_channels / layer.groups;
  std::int64_t taps = 1;
  for (const auto extent : layer.kernel) taps *= extent;
  Dims dims{filters, channels};
  Dims strides{taps, filters * taps};
  if (layer.groups > 1) {
    dims.insert(dims.begin(), layer.groups);
    strides.insert(strides.begin(), channels * filters * taps);
  }
  auto step = taps;
  for (const auto extent : layer.kernel) {
    step /= extent;
    dims.push_back(extent);
    strides.push_back(step);
  }
  return {dims, dnnl::memory::data_type::f32, strides};
}

}  // namespace

Result<void> build(const Deconv& layer, Builder& plan) {
  const Desc plain = weights_of(layer, plan.in()[1]);
  const Desc bias = layer.bias ? dense(Dims{layer.filters}) : Desc{};
  const Recipe recipe = deconvolution(plan.device().engine, any(plan.in()), any(extents_of(plain)), bias,
                                      any(plan.out()), window_of(layer));
  if (!recipe)
    return failure(Errc::unsupported,
                   fmt::format("oneDNN has no implementation of {}", print(plan.config())));
  const View source = plan.read(0, recipe.source());
  auto filters = plan.weight(0);
  if (!filters) return tl::unexpected{std::move(filters.error())};
  std::vector<Argument> arguments{
      {DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, plan.pack(std::move(*filters), plain, recipe.weights())}};
  if (layer.bias) {
    auto values = plan.weight(1);
    if (!values) return tl::unexpected{std::move(values.error())};
    arguments.push_back({DNNL_ARG_BIAS, plan.constant(*values)});
  }
  arguments.push_back({DNNL_ARG_DST, plan.write(recipe.destination())});
  plan.run(recipe, std::move(arguments));
  return {};
}

}  // namespace ns::onednn
