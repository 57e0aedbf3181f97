#include "net/layers/local.hpp"

#include "net/layers/window.hpp"

#include <fmt/format.h>

namespace ns {

Result<std::vector<TensorType>> output_types(const Local& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a local layer has 1 input, not {}", inputs.size()));
  const auto& input = inputs[0].shape;
  if (input.rank() != 4)
    return bad_input(fmt::format("a local layer reads N, C, H, W, not {}", to_string(input)));
  if (layer.filters < 1) return bad_input("filters must be positive");
  const std::vector<std::int64_t> dense{1, 1};
  const auto out = window_positions(input, {layer.kernel, layer.stride, layer.pad, dense}, WindowEnd::floor);
  if (!out) return tl::unexpected{out.error()};
  return std::vector{TensorType{Shape{input[0], layer.filters, (*out)[0], (*out)[1]}, inputs[0].dtype}};
}

Macs macs(const Local& layer, const Signature& tensors) {
  const auto window = window_elements(layer.kernel) * tensors.inputs[0].shape[1];
  return Macs{static_cast<double>(window) * static_cast<double>(tensors.outputs[0].shape.elements())};
}

Flops flops(const Local& layer, const Signature& tensors) {
  return Flops{2.0 * macs(layer, tensors).value()};
}

std::vector<Weight> weights(const Local& layer, const std::vector<TensorType>& inputs) {
  const auto types = output_types(layer, inputs);
  if (!types) return {};
  const auto& output = types->front().shape;
  const auto positions = output[2] * output[3];
  std::vector<Weight> list{
      {"weight", Shape{positions, layer.filters, inputs[0].shape[1], layer.kernel[0], layer.kernel[1]}}};
  if (layer.bias) list.push_back({"bias", Shape{layer.filters, output[2], output[3]}});
  return list;
}

std::vector<Feature> features(const Local& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto& output = tensors.outputs[0].shape;
  return {{"batch", static_cast<double>(input[0])},
          {"channels", static_cast<double>(input[1])},
          {"filters", static_cast<double>(layer.filters)},
          {"window", static_cast<double>(window_elements(layer.kernel) * input[1])},
          {"out_pixels", static_cast<double>(output[2] * output[3])},
          {"kernel_elements", static_cast<double>(window_elements(layer.kernel))},
          {"stride", static_cast<double>(layer.stride.back())}};
}

std::vector<Feature> paper_variables(const Local&, const Signature& tensors) {
  return {{"input_size", static_cast<double>(tensors.inputs[0].shape.elements())},
          {"output_size", static_cast<double>(tensors.outputs[0].shape.elements())}};
}

std::string category(const Local& layer, const Signature&) { return fmt::format("s{}", layer.stride.back()); }

}  // namespace ns
