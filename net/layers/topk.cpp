#include "net/layers/topk.hpp"

#include "core/text.hpp"

#include <fmt/format.h>
#include <utility>

namespace ns {

Result<std::vector<TensorType>> output_types(const Topk& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a topk has 1 input, not {}", inputs.size()));
  if (layer.axis < 0 || layer.axis >= static_cast<std::int64_t>(inputs[0].shape.rank()))
    return bad_input(fmt::format("there is no axis {} in input {}", layer.axis, to_string(inputs[0].shape)));
  if (layer.outputs != "vi" && layer.outputs != "v" && layer.outputs != "i")
    return bad_input(fmt::format("outputs of a topk are vi, v or i, not '{}'", layer.outputs));
  auto shape = inputs[0].shape;
  auto& extent = shape[static_cast<std::size_t>(layer.axis)];
  if (layer.k < 0 || layer.k > extent)
    return bad_input(
        fmt::format("k is {}, but axis {} has {}", layer.k, layer.axis, counted(extent, "element")));
  extent = layer.k;
  std::vector<TensorType> types;
  for (const char output : layer.outputs)
    types.push_back({shape, output == 'v' ? inputs[0].dtype : DType::int64});
  return types;
}

Macs macs(const Topk&, const Signature&) { return Macs{}; }

Flops flops(const Topk&, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.inputs[0].shape.elements())};
}

std::vector<Weight> weights(const Topk&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Topk& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto axis = static_cast<std::size_t>(layer.axis);
  return {{"outer", static_cast<double>(input.elements(0, axis))},
          {"along", static_cast<double>(input[axis])},
          {"inner", static_cast<double>(input.elements(axis + 1, input.rank()))},
          {"k", static_cast<double>(layer.k)}};
}

std::vector<Feature> paper_variables(const Topk&, const Signature& tensors) {
  return {{"input_neurons", static_cast<double>(tensors.inputs[0].shape.elements())},
          {"output_neurons", static_cast<double>(tensors.outputs[0].shape.elements())}};
}

std::string category(const Topk& layer, const Signature& tensors) {
  const auto& shape = tensors.inputs[0].shape;
  const auto axis = static_cast<std::size_t>(layer.axis);
  return fmt::format("{} {} axis", layer.k == shape[axis] ? "all" : "best",
                     shape.elements(axis + 1, shape.rank()) == 1 ? "last" : "inner");
}

}  // namespace ns
