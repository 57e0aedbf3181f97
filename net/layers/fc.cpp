#include "net/layers/fc.hpp"

#include <fmt/format.h>

namespace ns {
namespace {

/// A vector is one row, whatever the axis says.
std::size_t first_column(const Fc& layer, const Shape& input) {
  return input.rank() > 1 ? static_cast<std::size_t>(layer.axis) : 0;
}

std::int64_t rows(const Fc& layer, const Shape& input) {
  return input.elements(0, first_column(layer, input));
}

std::int64_t columns(const Fc& layer, const Shape& input) {
  return input.elements(first_column(layer, input), input.rank());
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Fc& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1)
    return bad_input(fmt::format("a fully-connected layer has 1 input, not {}", inputs.size()));
  if (inputs[0].shape.rank() == 0) return bad_input("a fully-connected layer cannot read a scalar");
  if (layer.features < 1) return bad_input("features must be positive");
  if (auto checked = check_quantisation(layer.quantisation, inputs[0].dtype); !checked)
    return tl::unexpected{std::move(checked.error())};
  const auto& input = inputs[0].shape;
  if (input.rank() > 1 && (layer.axis < 0 || layer.axis >= static_cast<std::int64_t>(input.rank())))
    return bad_input(fmt::format("there is no axis {} in input {}", layer.axis, to_string(input)));
  const auto kept = input.extents().first(first_column(layer, input));
  std::vector<std::int64_t> extents(kept.begin(), kept.end());
  extents.push_back(layer.features);
  Shape shape{std::move(extents)};
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  return std::vector{TensorType{std::move(shape), output_dtype(layer.quantisation, inputs[0].dtype)}};
}

Macs macs(const Fc& layer, const Signature& tensors) {
  return Macs{static_cast<double>(tensors.inputs[0].shape.elements()) * static_cast<double>(layer.features)};
}

Flops flops(const Fc& layer, const Signature& tensors) { return Flops{2.0 * macs(layer, tensors).value()}; }

std::vector<Weight> weights(const Fc& layer, const std::vector<TensorType>& inputs) {
  return filter_weights(layer.quantisation, Shape{layer.features, columns(layer, inputs[0].shape)},
                        layer.bias);
}

std::vector<Feature> features(const Fc& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  return {{"rows", static_cast<double>(rows(layer, input))},
          {"in_features", static_cast<double>(columns(layer, input))},
          {"out_features", static_cast<double>(layer.features)}};
}

std::vector<Feature> paper_variables(const Fc& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  return {{"input_neurons", static_cast<double>(input.elements())},
          {"output_neurons", static_cast<double>(rows(layer, input) * layer.features)}};
}

std::string category(const Fc& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const bool is_map = input.rank() > first_column(layer, input) + 1;
  return quantised_category(layer.quantisation, rows(layer, input) > 1 ? "rows" : is_map ? "map" : "row");
}

}  // namespace ns
