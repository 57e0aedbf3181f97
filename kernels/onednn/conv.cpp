#include "kernels/onednn/epilogue.hpp"
#include "kernels/onednn/layers.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

constexpr std::int64_t fewest_made_channels = 8;

Sliding window_of(const Conv& layer) {
  const auto axes = static_cast<std::ptrdiff_t>(layer.kernel.size());
  return {layer.kernel, layer.stride, layer.dilation, Dims(layer.pad.begin(), layer.pad.begin() + axes),
          Dims(layer.pad.begin() + axes, layer.pad.end())};
}

/// [filters, channels, kernel...], or [groups, filters / groups, channels / groups, kernel...].
Dims weight_dims(const Conv& layer, std::int64_t channels) {
  Dims dims{layer.filters / layer.groups, channels / layer.groups};
  if (layer.groups > 1) dims.insert(dims.begin(), layer.groups);
  dims.insert(dims.end(), layer.kernel.begin(), layer.kernel.end());
  return dims;
}

}  // namespace

Result<void> build(const Conv& layer, Builder& plan) {
  const Dims filter_dims = weight_dims(layer, plan.in()[1]);
  const Epilogue epilogue = epilogue_of(plan.config());
  const Desc bias = layer.bias ? dense(Dims{layer.filters}) : Desc{};
  const Recipe recipe = convolution(plan.device().engine, any(plan.in()), any(filter_dims), bias,
                                    any(plan.out()), window_of(layer), epilogue.after);
  if (!recipe)
    return failure(Errc::unsupported,
                   fmt::format("oneDNN has no implementation of {}", print(plan.config())));

  // So few channels come from the net's own input, never from a convolution, and so arrive dense.
  if (plan.in()[1] < fewest_made_channels) plan.settle(0, dense(plan.in()));
  const View source = plan.read(0, recipe.source());
  const auto filters = plan.packed_weight(0, filter_dims, recipe.weights());
  if (!filters) return tl::unexpected{filters.error()};
  std::vector<Argument> arguments{{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, *filters}};
  if (layer.bias) {
    auto values = plan.weight(1);
    if (!values) return tl::unexpected{std::move(values.error())};
    arguments.push_back({DNNL_ARG_BIAS, plan.constant(*values)});
  }
  arguments.push_back({DNNL_ARG_DST, accumulator(plan, epilogue, recipe.destination())});
  plan.run(recipe, std::move(arguments));
  return {};
}

}  // namespace ns::onednn
