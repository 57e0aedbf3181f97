#include "net/layers/cumsum.hpp"

#include "net/layers/sizes.hpp"

#include <fmt/format.h>

namespace ns {

Result<std::vector<TensorType>> output_types(const Cumsum& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a cumsum has 1 input, not {}", inputs.size()));
  if (layer.axis < 0 || layer.axis >= static_cast<std::int64_t>(inputs[0].shape.rank()))
    return bad_input(fmt::format("there is no axis {} in input {}", layer.axis, to_string(inputs[0].shape)));
  return inputs;
}

Macs macs(const Cumsum&, const Signature&) { return Macs{}; }

Flops flops(const Cumsum&, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.outputs[0].shape.elements())};
}

std::vector<Weight> weights(const Cumsum&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Cumsum& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto axis = static_cast<std::size_t>(layer.axis);
  return {{"outer", static_cast<double>(input.elements(0, axis))},
          {"along", static_cast<double>(input[axis])},
          {"inner", static_cast<double>(input.elements(axis + 1, input.rank()))}};
}

std::vector<Feature> paper_variables(const Cumsum&, const Signature& tensors) { return sizes(tensors); }

std::string category(const Cumsum& layer, const Signature& tensors) {
  const auto& shape = tensors.inputs[0].shape;
  const auto behind = shape.elements(static_cast<std::size_t>(layer.axis) + 1, shape.rank());
  return behind == 1 ? "last axis" : "inner axis";
}

}  // namespace ns
