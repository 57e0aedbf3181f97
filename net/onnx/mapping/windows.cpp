// Convolutions and pools: what slides over an image.
#include "net/onnx/mapping/mappers.hpp"
#include "net/onnx/mapping/quantised.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace ns::onnx::mappers {
namespace {

using Extents = std::vector<std::int64_t>;

/// One number per spatial axis; `otherwise` where the attribute is not there.
Extents per_axis(const NodeView& node, std::string_view name, std::size_t count, std::int64_t otherwise) {
  const auto given = node.integers(name);
  return given.empty() ? Extents(count, otherwise) : Extents(given.begin(), given.end());
}

struct Window {
  Extents kernel;
  Extents stride;
  Extents dilation;
  Extents pad;  // all begins, then all ends
};

/// What auto_pad SAME adds on each axis so that the output has ceil(extent / stride): the odd one behind
/// (UPPER) or before.
Extents same_pads(const Window& window, const Shape& input, bool upper) {
  const auto count = window.kernel.size();
  Extents pads(2 * count, 0);
  for (std::size_t axis = 0; axis < count; ++axis) {
    const auto extent = input[axis + 2];
    const auto outputs = (extent + window.stride[axis] - 1) / window.stride[axis];
    const auto covered = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    const auto total = std::max<std::int64_t>((outputs - 1) * window.stride[axis] + covered - extent, 0);
    const auto less = total / 2;
    pads[axis] = upper ? less : total - less;
    pads[count + axis] = upper ? total - less : less;
  }
  return pads;
}

/// Nothing where the numbers do not fit the input: inference has said so already, or will not run.
std::optional<Window> window_of(const MappedNode& node, Extents kernel) {
  const auto& view = node.view;
  if (node.inputs.empty() || kernel.empty()) return std::nullopt;
  const auto& input = node.inputs.front().shape;
  const auto count = kernel.size();
  Window window{std::move(kernel), per_axis(view, "strides", count, 1), per_axis(view, "dilations", count, 1),
                per_axis(view, "pads", 2 * count, 0)};
  // Rooms take no larger ones, and sums of these stay within 64 bits.
  constexpr std::int64_t largest = std::int64_t{1} << 30U;
  const auto is_possible = [](const Extents& numbers) {
    return std::ranges::all_of(numbers, [](auto number) { return number > 0 && number <= largest; });
  };
  if (input.rank() != count + 2 || window.stride.size() != count || window.dilation.size() != count ||
      window.pad.size() != 2 * count || !is_possible(window.kernel) || !is_possible(window.stride) ||
      !is_possible(window.dilation))
    return std::nullopt;
  const auto automatic = view.text("auto_pad", "NOTSET");
  if (automatic.starts_with("SAME")) window.pad = same_pads(window, input, automatic == "SAME_UPPER");
  if (automatic == "VALID") window.pad.assign(2 * count, 0);
  return window;
}

/// What a transposed convolution cuts away so that its output has the extents that inference found (ONNX,
/// ConvTranspose: total_padding).
Extents pads_that_make(const Window& window, const MappedNode& node, const Extents& output_pad) {
  const auto count = window.kernel.size();
  const bool upper = node.view.text("auto_pad", "NOTSET") == "SAME_UPPER";
  Extents pads(2 * count, 0);
  for (std::size_t axis = 0; axis < count; ++axis) {
    const auto covered = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    const auto total = window.stride[axis] * (node.inputs.front().shape[axis + 2] - 1) + output_pad[axis] +
                       covered - node.outputs.front().shape[axis + 2];
    pads[axis] = upper ? total / 2 : total - total / 2;
    pads[count + axis] = total - pads[axis];
  }
  return pads;
}

std::optional<LayerParams> pool(const MappedNode& node, Pool::Kind kind) {
  const auto given = node.view.integers("kernel_shape");
  const auto window = window_of(node, {given.begin(), given.end()});
  const auto is_one = [](auto dilation) { return dilation == 1; };
  if (!window) return std::nullopt;
  Pool layer;
  if (!std::ranges::all_of(window->dilation, is_one)) layer.dilation = window->dilation;
  layer.kind = kind;
  layer.kernel = window->kernel;
  layer.stride = window->stride;
  layer.pad = window->pad;
  layer.rounding = node.view.integer("ceil_mode", 0) != 0 ? Pool::Rounding::ceil : Pool::Rounding::floor;
  layer.count_pad = kind == Pool::Kind::average && node.view.integer("count_include_pad", 0) != 0;
  return layer;
}

/// With filters and bias as the inputs of these numbers.
std::optional<Conv> convolution(const MappedNode& node, std::size_t filters, std::size_t bias) {
  const auto weights = node.extents(filters);
  if (!weights || weights->size() < 3 || (node.view.has(bias) && !node.stores(bias))) return std::nullopt;
  const auto window = window_of(node, {weights->begin() + 2, weights->end()});
  if (!window) return std::nullopt;
  Conv layer;
  layer.stored = node.stores(filters);
  layer.filters = weights->front();
  layer.kernel = window->kernel;
  layer.stride = window->stride;
  layer.pad = window->pad;
  layer.dilation = window->dilation;
  layer.groups = node.view.integer("group", 1);
  layer.bias = node.view.has(bias);
  return layer;
}

LayerParams global(Pool::Kind kind) {
  Pool layer;
  layer.kind = kind;
  layer.global = true;
  return layer;
}

}  // namespace

std::optional<LayerParams> conv(const MappedNode& node) {
  if (!node.reads(0)) return std::nullopt;
  auto layer = convolution(node, 1, 2);
  if (layer && layer->stored) layer->quantisation = stored_quantisation(node, 0);
  return layer;
}

std::optional<LayerParams> quantised_conv(const MappedNode& node) {
  const auto inputs = quantised_inputs(node.view.node().op);
  const auto quantisation = quantisation_of(node, 0);
  if (!inputs || !quantisation || node.view.integer("channels_last", 0) != 0) return std::nullopt;
  auto layer = convolution(node, QuantisedInputs::filters, *inputs->bias);
  if (layer) layer->quantisation = *quantisation;
  return layer;
}

std::optional<LayerParams> dynamic_conv(const MappedNode& node) {
  constexpr std::size_t no_bias = 4;  // behind all inputs
  const auto quantisation = dynamic_quantisation(node, 0);
  auto layer = convolution(node, 1, no_bias);
  if (!quantisation || !layer) return std::nullopt;
  layer->quantisation = *quantisation;
  return layer;
}

std::optional<LayerParams> deconv(const MappedNode& node) {
  const auto& view = node.view;
  const auto weights = node.stores(1) ? node.extents(1) : std::nullopt;
  if (!weights || weights->size() < 3 || (view.has(2) && !node.stores(2)) || node.outputs.size() != 1)
    return std::nullopt;
  auto window = window_of(node, {weights->begin() + 2, weights->end()});
  const auto count = weights->size() - 2;
  if (!window || node.outputs.front().shape.rank() != count + 2) return std::nullopt;
  Deconv layer;
  layer.groups = view.integer("group", 1);
  layer.filters = weights->at(1) * layer.groups;
  layer.output_pad = per_axis(view, "output_padding", count, 0);
  if (layer.output_pad.size() != count) return std::nullopt;
  if (view.attribute("output_shape") != nullptr || view.text("auto_pad", "NOTSET").starts_with("SAME"))
    window->pad = pads_that_make(*window, node, layer.output_pad);
  // What lies behind all that the window reaches is only bias.
  for (std::size_t axis = 0; axis < count; ++axis) {
    const auto total = window->pad[axis] + window->pad[count + axis];
    if (total >= 0) continue;
    layer.output_pad[axis] -= total;
    window->pad[axis] = window->pad[count + axis] = 0;
  }
  layer.kernel = std::move(window->kernel);
  layer.stride = std::move(window->stride);
  layer.pad = std::move(window->pad);
  layer.dilation = std::move(window->dilation);
  layer.bias = view.has(2);
  return layer;
}

std::optional<LayerParams> max_pool(const MappedNode& node) { return pool(node, Pool::Kind::max); }
std::optional<LayerParams> average_pool(const MappedNode& node) { return pool(node, Pool::Kind::average); }

std::optional<LayerParams> global_max_pool(const MappedNode&) { return global(Pool::Kind::max); }
std::optional<LayerParams> global_average_pool(const MappedNode&) { return global(Pool::Kind::average); }

}  // namespace ns::onnx::mappers
