#include "net/layers/cast.hpp"

#include <fmt/format.h>

namespace ns {

Result<std::vector<TensorType>> output_types(const Cast& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a cast has 1 input, not {}", inputs.size()));
  return std::vector{TensorType{inputs[0].shape, layer.dtype}};
}

Macs macs(const Cast&, const Signature&) { return Macs{}; }

Flops flops(const Cast&, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.outputs[0].shape.elements())};
}

std::vector<Weight> weights(const Cast&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Cast&, const Signature& tensors) {
  return {{"elements", static_cast<double>(tensors.inputs[0].shape.elements())},
          {"from_bits", static_cast<double>(element_bits(tensors.inputs[0].dtype))},
          {"to_bits", static_cast<double>(element_bits(tensors.outputs[0].dtype))}};
}

std::vector<Feature> paper_variables(const Cast&, const Signature& tensors) {
  return {{"input_size", tensors.inputs[0].bytes().value()},
          {"output_size", tensors.outputs[0].bytes().value()}};
}

std::string category(const Cast& layer, const Signature& tensors) {
  return fmt::format("{} to {}", to_string(tensors.inputs[0].dtype), to_string(layer.dtype));
}

}  // namespace ns
