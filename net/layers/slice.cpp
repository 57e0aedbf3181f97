#include "net/layers/slice.hpp"

#include <fmt/format.h>
#include <numeric>

namespace ns {

Result<std::vector<TensorType>> output_types(const Slice& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a slice has 1 input, not {}", inputs.size()));
  if (layer.axis < 0 || layer.axis >= static_cast<std::int64_t>(inputs[0].shape.rank()))
    return bad_input(fmt::format("there is no axis {} in input {}", layer.axis, to_string(inputs[0].shape)));
  const auto axis = static_cast<std::size_t>(layer.axis);
  std::vector<TensorType> types;
  auto left = inputs[0].shape[axis];
  for (const auto size : layer.sizes) {
    if (size < 1 || size > left)
      return bad_input(
          fmt::format("the sizes do not add up to the {} elements of axis {}", inputs[0].shape[axis], axis));
    left -= size;
    types.push_back(inputs[0]);
    types.back().shape[axis] = size;
  }
  if (left != 0 || types.empty())
    return bad_input(
        fmt::format("the sizes do not add up to the {} elements of axis {}", inputs[0].shape[axis], axis));
  return types;
}

Macs macs(const Slice&, const Signature&) { return Macs{}; }

Flops flops(const Slice&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Slice&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Slice& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto axis = static_cast<std::size_t>(layer.axis);
  auto block = input[axis];
  for (const auto size : layer.sizes) block = std::gcd(block, size);
  return {{"elements", static_cast<double>(input.elements())},
          {"outputs", static_cast<double>(layer.sizes.size())},
          {"outer", static_cast<double>(input.elements(0, axis))},
          {"inner", static_cast<double>(input.elements(axis + 1, input.rank()))},
          {"block", static_cast<double>(block)}};
}

std::vector<Feature> paper_variables(const Slice&, const Signature& tensors) {
  return {{"input_size", static_cast<double>(tensors.inputs[0].shape.elements())}};
}

std::string category(const Slice& layer, const Signature& tensors) {
  const auto* const kind = tensors.inputs[0].shape.rank() > 2 ? "maps" : "vectors";
  return fmt::format("{}, {} outputs", kind, layer.sizes.size());
}

}  // namespace ns
