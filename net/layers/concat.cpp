#include "net/layers/concat.hpp"

#include <fmt/format.h>
#include <numeric>
#include <utility>

namespace ns {

Result<std::vector<TensorType>> output_types(const Concat& layer, const std::vector<TensorType>& inputs) {
  if (inputs.empty()) return bad_input("a concatenation needs an input");
  if (layer.axis < 0 || layer.axis >= static_cast<std::int64_t>(inputs[0].shape.rank()))
    return bad_input(fmt::format("there is no axis {} in input {}", layer.axis, to_string(inputs[0].shape)));
  const auto axis = static_cast<std::size_t>(layer.axis);
  auto shape = inputs[0].shape;
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    auto aligned = inputs[i].shape;
    const bool fits = aligned.rank() == shape.rank();
    const auto extent = fits ? std::exchange(aligned[axis], shape[axis]) : 0;
    if (!fits || aligned != shape)
      return bad_input(fmt::format("input {} is {}, input 1 is {}; they may differ only on axis {}", i + 1,
                                   to_string(inputs[i].shape), to_string(inputs[0].shape), axis));
    shape[axis] += extent;
    if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  }
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Concat&, const Signature&) { return Macs{}; }

Flops flops(const Concat&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Concat&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Concat& layer, const Signature& tensors) {
  const auto& output = tensors.outputs[0].shape;
  const auto axis = static_cast<std::size_t>(layer.axis);
  auto block = tensors.inputs[0].shape[axis];
  for (const auto& input : tensors.inputs) block = std::gcd(block, input.shape[axis]);
  return {{"elements", static_cast<double>(output.elements())},
          {"inputs", static_cast<double>(tensors.inputs.size())},
          {"outer", static_cast<double>(output.elements(0, axis))},
          {"inner", static_cast<double>(output.elements(axis + 1, output.rank()))},
          {"block", static_cast<double>(block)}};
}

std::vector<Feature> paper_variables(const Concat&, const Signature& tensors) {
  return {{"input_size", static_cast<double>(tensors.outputs[0].shape.elements())}};
}

std::string category(const Concat&, const Signature& tensors) {
  const auto* const kind = tensors.outputs[0].shape.rank() > 2 ? "maps" : "vectors";
  return fmt::format("{}, {} inputs", kind, tensors.inputs.size());
}

}  // namespace ns
