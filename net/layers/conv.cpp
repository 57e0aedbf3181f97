#include "net/layers/conv.hpp"

#include "core/text.hpp"
#include "net/layers/window.hpp"

#include <fmt/format.h>

namespace ns {

Result<std::vector<TensorType>> output_types(const Conv& layer, const std::vector<TensorType>& inputs) {
  const std::size_t wanted = layer.stored ? 1 : 2;
  if (inputs.size() != wanted)
    return bad_input(fmt::format("a convolution{} has {}, not {}", layer.stored ? "" : " of two maps",
                                 counted(wanted, "input"), inputs.size()));
  if (!layer.stored && layer.quantisation != Quantisation{})
    return bad_input("filters that are a map cannot be quantised");
  if (auto checked = check_quantisation(layer.quantisation, inputs.front().dtype); !checked)
    return tl::unexpected{std::move(checked.error())};
  const auto& input = inputs.front().shape;
  const auto out =
      window_positions(input, {layer.kernel, layer.stride, layer.pad, layer.dilation}, WindowEnd::floor);
  if (!out) return tl::unexpected{out.error()};
  if (layer.filters < 1 || layer.groups < 1) return bad_input("filters and groups must be positive");
  if (input[1] % layer.groups != 0 || layer.filters % layer.groups != 0)
    return bad_input(fmt::format("groups ({}) must divide both the input's {} channels and the {} filters",
                                 layer.groups, input[1], layer.filters));
  if (const auto filters = filter_shape(layer, input); !layer.stored && inputs[1].shape != filters)
    return bad_input(
        fmt::format("the filters are {}, not {}", to_string(inputs[1].shape), to_string(filters)));
  std::vector<std::int64_t> extents{input[0], layer.filters};
  extents.insert(extents.end(), out->begin(), out->end());
  return std::vector{
      TensorType{Shape{std::move(extents)}, output_dtype(layer.quantisation, inputs.front().dtype)}};
}

Macs macs(const Conv& layer, const Signature& tensors) {
  const auto window = window_elements(layer.kernel) * (tensors.inputs[0].shape[1] / layer.groups);
  return Macs{static_cast<double>(window) * static_cast<double>(tensors.outputs[0].shape.elements())};
}

Flops flops(const Conv& layer, const Signature& tensors) { return Flops{2.0 * macs(layer, tensors).value()}; }

Shape filter_shape(const Conv& layer, const Shape& input) {
  std::vector<std::int64_t> extents{layer.filters, input[1] / layer.groups};
  extents.insert(extents.end(), layer.kernel.begin(), layer.kernel.end());
  return Shape{std::move(extents)};
}

std::vector<Weight> weights(const Conv& layer, const std::vector<TensorType>& inputs) {
  if (layer.stored)
    return filter_weights(layer.quantisation, filter_shape(layer, inputs[0].shape), layer.bias);
  return layer.bias ? std::vector<Weight>{{"bias", Shape{layer.filters}}} : std::vector<Weight>{};
}

std::vector<Feature> features(const Conv& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto& output = tensors.outputs[0].shape;
  const auto real = [](std::int64_t value) { return static_cast<double>(value); };
  return {{"batch", real(input[0])},
          {"channels", real(input[1])},
          {"filters", real(layer.filters)},
          {"group_channels", real(input[1] / layer.groups)},
          {"group_filters", real(layer.filters / layer.groups)},
          {"groups", real(layer.groups)},
          {"height", real(input[2])},
          {"width", real(input[input.rank() - 1])},
          {"out_pixels", real(output.elements(2, output.rank()))},
          {"out_width", real(output[output.rank() - 1])},
          {"kernel_elements", real(window_elements(layer.kernel))},
          {"kernel_width", real(layer.kernel.back())},
          {"stride", real(layer.stride.back())},
          {"dilation", real(layer.dilation.back())},
          {"pad", real(layer.pad.back())}};
}

std::vector<Feature> paper_variables(const Conv& layer, const Signature& tensors) {
  return filter_variables(tensors.inputs[0].shape, layer.filters, layer.kernel, layer.stride);
}

std::string category(const Conv& layer, const Signature& tensors) {
  const auto made =
      filter_category(tensors.inputs[0].shape, layer.groups, layer.kernel, layer.stride, layer.dilation);
  return layer.stored ? quantised_category(layer.quantisation, made) : made + " of two maps";
}

}  // namespace ns
