#include "kernels/onednn/epilogue.hpp"
#include "kernels/onednn/integer.hpp"
#include "kernels/onednn/layers.hpp"

#include <fmt/format.h>
#include <string>

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

/// With one more axis of `extent` before the last.
Dims beside_one(Dims dims, std::int64_t extent = 1) {
  dims.insert(dims.end() - 1, extent);
  return dims;
}

/// What oneDNN is asked for, and the layouts that go with it.
struct Asked {
  Recipe recipe;
  Dims filters;
  Desc source;
  Desc destination;
};

/// The same convolution whatever number of spatial axes it is seen under.
Recipe describe(const Builder& plan, const Conv& layer, const Epilogue& epilogue, const Dims& in,
                const Dims& out, const Dims& filters, const Sliding& window) {
  const Desc bias = layer.bias ? dense(Dims{layer.filters}) : Desc{};
  return convolution(plan.device().engine, any(in), any(filters), bias, any(out), window, epilogue.after);
}

Asked as_it_is(const Conv& layer, const Epilogue& epilogue, const Builder& plan) {
  Asked asked;
  asked.filters = weight_dims(layer, plan.in()[1]);
  asked.recipe = describe(plan, layer, epilogue, dims_of(plan.in()), dims_of(plan.out()), asked.filters,
                          window_of(layer));
  if (!asked.recipe) return asked;
  asked.source = asked.recipe.source();
  asked.destination = asked.recipe.destination();
  return asked;
}

/// One spatial axis seen as the second of two. No recipe where the memory would be another.
Asked as_a_plane(const Conv& layer, const Epilogue& epilogue, const Builder& plan) {
  Asked asked;
  asked.filters = beside_one(weight_dims(layer, plan.in()[1]));
  const Dims in = beside_one(dims_of(plan.in()));
  const Dims out = beside_one(dims_of(plan.out()));
  const Sliding line = window_of(layer);
  const Sliding window{beside_one(line.kernel), beside_one(line.stride), beside_one(line.dilation),
                       beside_one(line.pad, 0), beside_one(line.pad_end, 0)};
  asked.recipe = describe(plan, layer, epilogue, in, out, asked.filters, window);
  if (!asked.recipe) return asked;
  const Layout source = layout_of(asked.recipe.source(), in);
  const Layout destination = layout_of(asked.recipe.destination(), out);
  if (source == Layout::other || destination == Layout::other) return {};
  asked.source = in_layout(plan.in(), source);
  asked.destination = in_layout(plan.out(), destination);
  return asked;
}

/// Whether oneDNN unfolds windows or falls back to plain loops.
bool is_general(const Recipe& recipe) {
  return !recipe || recipe.is_plain_loop() || recipe.implementation().find("gemm") != std::string::npos;
}

/// oneDNN's kernels of depthwise and dilated windows know planes, not lines.
Asked ask(const Conv& layer, const Epilogue& epilogue, const Builder& plan) {
  Asked asked = as_it_is(layer, epilogue, plan);
  if (plan.in().rank() != 3 || !is_general(asked.recipe)) return asked;
  Asked plane = as_a_plane(layer, epilogue, plan);
  return is_general(plane.recipe) ? asked : plane;
}

/// Filters that are the second input, in the layout that is asked for, which they take anew in every run.
View filters_of_input(const Asked& asked, Builder& plan) {
  const Desc wanted = asked.recipe.weights();
  if (asked.filters == dims_of(plan.in(1))) return plan.read(1, wanted);
  const View arrived{plan.read(1, dense(plan.in(1))).buffer, dense(asked.filters)};
  if (arrived.desc == wanted) return arrived;
  const View filters = plan.temporary(wanted);
  plan.copy(arrived, filters);
  return filters;
}

}  // namespace

Result<void> build(const Conv& layer, Builder& plan) {
  if (layer.quantisation.is_integer()) return build_integer(layer, plan);
  const Epilogue epilogue = epilogue_of(plan.config());
  const Asked asked = ask(layer, epilogue, plan);
  const Recipe& recipe = asked.recipe;
  if (!recipe)
    return failure(Errc::unsupported,
                   fmt::format("oneDNN has no implementation of {}", print(plan.config())));

  // So few channels come from the net's own input, never from a convolution, and so arrive dense.
  if (plan.in()[1] < fewest_made_channels) plan.settle(0, dense(plan.in()));
  const View source{plan.read(0, asked.source).buffer, recipe.source()};
  const auto filters =
      layer.stored ? plan.packed_weight(0, asked.filters, recipe.weights()) : filters_of_input(asked, plan);
  if (!filters) return tl::unexpected{filters.error()};
  std::vector<Argument> arguments{{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, *filters}};
  if (layer.bias) {
    auto values = plan.weight(layer.stored ? layer.quantisation.bias_slot() : 0);
    if (!values) return tl::unexpected{std::move(values.error())};
    arguments.push_back({DNNL_ARG_BIAS, plan.constant(*values)});
  }
  const View output{accumulator(plan, epilogue, asked.destination).buffer, recipe.destination()};
  arguments.push_back({DNNL_ARG_DST, output});
  plan.run(recipe, std::move(arguments));
  return {};
}

}  // namespace ns::onednn
