#include "net/layers/softmax.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {

Result<std::vector<TensorType>> output_types(const Softmax& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a softmax has 1 input, not {}", inputs.size()));
  if (layer.axis < 0 || layer.axis >= static_cast<std::int64_t>(inputs[0].shape.rank()))
    return bad_input(fmt::format("there is no axis {} in input {}", layer.axis, to_string(inputs[0].shape)));
  return inputs;
}

Macs macs(const Softmax&, const Signature&) { return Macs{}; }

Flops flops(const Softmax&, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.outputs[0].shape.elements())};
}

std::vector<Weight> weights(const Softmax&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Softmax& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto axis = static_cast<std::size_t>(layer.axis);
  return {{"outer", static_cast<double>(input.elements(0, axis))},
          {"along", static_cast<double>(input[axis])},
          {"inner", static_cast<double>(input.elements(axis + 1, input.rank()))}};
}

std::vector<Feature> paper_variables(const Softmax&, const Signature& tensors) {
  return {{"input_neurons", static_cast<double>(tensors.inputs[0].shape.elements())},
          {"output_neurons", static_cast<double>(tensors.outputs[0].shape.elements())}};
}

std::string category(const Softmax& layer, const Signature& tensors) {
  const bool last = layer.axis + 1 == static_cast<std::int64_t>(tensors.inputs[0].shape.rank());
  const auto* const kind = std::ranges::find(softmax_kinds, layer.kind, &Choice<Softmax::Kind>::value);
  return fmt::format("{} axis{}{}", last ? "last" : "inner", layer.kind == Softmax::Kind::soft ? "" : " ",
                     layer.kind == Softmax::Kind::soft ? "" : kind->name);
}

}  // namespace ns
