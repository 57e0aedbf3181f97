#include "net/layers/deconv.hpp"

#include "net/layers/window.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

/// No real window has an extent above this; below it nothing overflows.
constexpr std::int64_t max_extent = std::int64_t{1} << 24;

bool within(const std::vector<std::int64_t>& values, std::int64_t low) {
  return std::ranges::all_of(values,
                             [low](std::int64_t value) { return value >= low && value <= max_extent; });
}

Result<void> check_window(const Deconv& layer, const Shape& input) {
  if (input.rank() < 3 || input.rank() > 5)
    return bad_input(
        fmt::format("input {} needs 1 to 3 spatial axes behind batch and channels", to_string(input)));
  const auto axes = input.rank() - 2;
  const auto fits = [axes](const std::vector<std::int64_t>& values) { return values.size() == axes; };
  if (!fits(layer.kernel) || !fits(layer.stride) || !fits(layer.dilation) || !fits(layer.output_pad) ||
      layer.pad.size() != 2 * axes)
    return bad_input(
        fmt::format("kernel, stride, dilation, pad and output_pad must fit the {} spatial axes of input {}",
                    axes, to_string(input)));
  if (!within(layer.kernel, 1)) return bad_input("kernel must be positive");
  if (!within(layer.stride, 1)) return bad_input("stride must be positive");
  if (!within(layer.dilation, 1)) return bad_input("dilation must be positive");
  if (!within(layer.pad, 0) || !within(layer.output_pad, 0)) return bad_input("pad must not be negative");
  return {};
}

Result<std::int64_t> extent_of(const Deconv& layer, std::int64_t input, std::size_t axis) {
  if (input > std::int64_t{1} << 32) return bad_input(fmt::format("spatial axis {} is too long", axis));
  const auto axes = layer.kernel.size();
  const auto reach = (layer.kernel[axis] - 1) * layer.dilation[axis] + 1;
  const auto extent = layer.stride[axis] * (input - 1) + layer.output_pad[axis] + reach - layer.pad[axis] -
                      layer.pad[axes + axis];
  if (extent < 1) return bad_input(fmt::format("the pads leave nothing on spatial axis {}", axis));
  return extent;
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Deconv& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1)
    return bad_input(fmt::format("a transposed convolution has 1 input, not {}", inputs.size()));
  const auto& input = inputs[0].shape;
  if (auto checked = check_window(layer, input); !checked) return tl::unexpected{std::move(checked.error())};
  if (layer.filters < 1 || layer.groups < 1) return bad_input("filters and groups must be positive");
  if (input[1] % layer.groups != 0 || layer.filters % layer.groups != 0)
    return bad_input(fmt::format("groups ({}) must divide both the input's {} channels and the {} filters",
                                 layer.groups, input[1], layer.filters));
  std::vector<std::int64_t> extents{input[0], layer.filters};
  for (std::size_t axis = 0; axis < layer.kernel.size(); ++axis) {
    const auto extent = extent_of(layer, input[2 + axis], axis);
    if (!extent) return tl::unexpected{extent.error()};
    extents.push_back(*extent);
  }
  Shape shape{std::move(extents)};
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Deconv& layer, const Signature& tensors) {
  const auto per_element = window_elements(layer.kernel) * (layer.filters / layer.groups);
  return Macs{static_cast<double>(per_element) * static_cast<double>(tensors.inputs[0].shape.elements())};
}

Flops flops(const Deconv& layer, const Signature& tensors) {
  return Flops{2.0 * macs(layer, tensors).value()};
}

std::vector<Weight> weights(const Deconv& layer, const std::vector<TensorType>& inputs) {
  std::vector<std::int64_t> extents{inputs[0].shape[1], layer.filters / layer.groups};
  extents.insert(extents.end(), layer.kernel.begin(), layer.kernel.end());
  std::vector<Weight> list{{"weight", Shape{std::move(extents)}}};
  if (layer.bias) list.push_back({"bias", Shape{layer.filters}});
  return list;
}

std::vector<Feature> features(const Deconv& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto& output = tensors.outputs[0].shape;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  return {{"batch", real(input[0])},
          {"channels", real(input[1])},
          {"filters", real(layer.filters)},
          {"groups", real(layer.groups)},
          {"in_pixels", real(input.elements(2, input.rank()))},
          {"width", real(input[input.rank() - 1])},
          {"out_pixels", real(output.elements(2, output.rank()))},
          {"kernel_elements", real(window_elements(layer.kernel))},
          {"kernel_width", real(layer.kernel.back())},
          {"stride", real(layer.stride.back())},
          {"dilation", real(layer.dilation.back())}};
}

std::vector<Feature> paper_variables(const Deconv& layer, const Signature& tensors) {
  return filter_variables(tensors.inputs[0].shape, layer.filters, layer.kernel, layer.stride);
}

std::string category(const Deconv& layer, const Signature& tensors) {
  return filter_category(tensors.inputs[0].shape, layer.groups, layer.kernel, layer.stride, layer.dilation);
}

}  // namespace ns
