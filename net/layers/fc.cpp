#include "net/layers/fc.hpp"

#include <fmt/format.h>

namespace ns {
namespace {

std::int64_t rows(const Shape& input) { return input.rank() > 1 ? input[0] : 1; }
std::int64_t columns(const Shape& input) { return input.elements(input.rank() > 1 ? 1 : 0, input.rank()); }

}  // namespace

Result<std::vector<TensorType>> output_types(const Fc& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1)
    return bad_input(fmt::format("a fully-connected layer has 1 input, not {}", inputs.size()));
  if (inputs[0].shape.rank() == 0) return bad_input("a fully-connected layer cannot read a scalar");
  if (layer.features < 1) return bad_input("features must be positive");
  const auto& input = inputs[0].shape;
  return std::vector{TensorType{input.rank() > 1 ? Shape{input[0], layer.features} : Shape{layer.features},
                                inputs[0].dtype}};
}

Macs macs(const Fc& layer, const Signature& tensors) {
  return Macs{static_cast<double>(tensors.inputs[0].shape.elements()) * static_cast<double>(layer.features)};
}

Flops flops(const Fc& layer, const Signature& tensors) { return Flops{2.0 * macs(layer, tensors).value()}; }

std::vector<Weight> weights(const Fc& layer, const std::vector<TensorType>& inputs) {
  std::vector<Weight> list{{"weight", Shape{layer.features, columns(inputs[0].shape)}}};
  if (layer.bias) list.push_back({"bias", Shape{layer.features}});
  return list;
}

std::vector<Feature> features(const Fc& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  return {{"rows", static_cast<double>(rows(input))},
          {"in_features", static_cast<double>(columns(input))},
          {"out_features", static_cast<double>(layer.features)}};
}

std::vector<Feature> paper_variables(const Fc& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  return {{"input_neurons", static_cast<double>(input.elements())},
          {"output_neurons", static_cast<double>(rows(input) * layer.features)}};
}

std::string category(const Fc&, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  if (rows(input) > 1) return "rows";
  return input.rank() > 2 ? "map" : "row";
}

}  // namespace ns
