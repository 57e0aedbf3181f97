#include "net/layers/argmax.hpp"

#include "core/text.hpp"

#include <fmt/format.h>

namespace ns {

Result<std::vector<TensorType>> output_types(const Argmax& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("an argmax has 1 input, not {}", inputs.size()));
  if (layer.axis < 0 || layer.axis >= static_cast<std::int64_t>(inputs[0].shape.rank()))
    return bad_input(fmt::format("there is no axis {} in input {}", layer.axis, to_string(inputs[0].shape)));
  auto shape = inputs[0].shape;
  auto& extent = shape[static_cast<std::size_t>(layer.axis)];
  if (layer.top < 1 || layer.top > extent)
    return bad_input(
        fmt::format("top is {}, but axis {} has {}", layer.top, layer.axis, counted(extent, "element")));
  extent = layer.top;
  if (!layer.keep) {
    if (layer.top != 1) return bad_input(fmt::format("an axis of {} positions cannot vanish", layer.top));
    std::vector<std::int64_t> extents(shape.extents().begin(), shape.extents().end());
    extents.erase(extents.begin() + static_cast<std::ptrdiff_t>(layer.axis));
    shape = Shape{std::move(extents)};
  }
  return std::vector{TensorType{std::move(shape), layer.dtype}};
}

Macs macs(const Argmax&, const Signature&) { return Macs{}; }

Flops flops(const Argmax&, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.inputs[0].shape.elements())};
}

std::vector<Weight> weights(const Argmax&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Argmax& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto axis = static_cast<std::size_t>(layer.axis);
  return {{"outer", static_cast<double>(input.elements(0, axis))},
          {"along", static_cast<double>(input[axis])},
          {"inner", static_cast<double>(input.elements(axis + 1, input.rank()))}};
}

std::vector<Feature> paper_variables(const Argmax&, const Signature& tensors) {
  return {{"input_neurons", static_cast<double>(tensors.inputs[0].shape.elements())},
          {"output_neurons", static_cast<double>(tensors.outputs[0].shape.elements())}};
}

std::string category(const Argmax& layer, const Signature&) { return layer.top == 1 ? "argmax" : "topk"; }

}  // namespace ns
