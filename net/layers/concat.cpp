#include "net/layers/concat.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <utility>

namespace ns {

namespace {

Result<void> check_stored(const Concat& layer, std::size_t inputs) {
  if (layer.at < 0 || layer.at > static_cast<std::int64_t>(inputs))
    return bad_input(fmt::format("there is no place {} among {} inputs", layer.at, inputs));
  if (layer.with.empty() && layer.at != 0)
    return bad_input("'at' places a stored operand, but none is given");
  if (std::ranges::find(layer.with, 0) != layer.with.end())
    return bad_input("a stored operand without elements joins nothing; leave it out");
  return check_shape(Shape{layer.with});
}

}  // namespace

std::vector<Shape> operand_shapes(const Concat& layer, const std::vector<TensorType>& inputs) {
  std::vector<Shape> shapes;
  for (const auto& input : inputs) shapes.push_back(input.shape);
  if (!layer.with.empty())
    shapes.insert(shapes.begin() + static_cast<std::ptrdiff_t>(layer.at), Shape{layer.with});
  return shapes;
}

Result<std::vector<TensorType>> output_types(const Concat& layer, const std::vector<TensorType>& inputs) {
  if (inputs.empty()) return bad_input("a concatenation needs an input");
  if (auto checked = check_stored(layer, inputs.size()); !checked)
    return tl::unexpected{std::move(checked.error())};
  const auto operands = operand_shapes(layer, inputs);
  auto shape = operands[0];
  if (layer.axis < 0 || layer.axis >= static_cast<std::int64_t>(shape.rank()))
    return bad_input(fmt::format("there is no axis {} in input {}", layer.axis, to_string(shape)));
  const auto axis = static_cast<std::size_t>(layer.axis);
  for (std::size_t i = 1; i < operands.size(); ++i) {
    auto aligned = operands[i];
    const bool fits = aligned.rank() == shape.rank();
    const auto extent = fits ? std::exchange(aligned[axis], shape[axis]) : 0;
    if (!fits || aligned != shape)
      return bad_input(fmt::format("input {} is {}, input 1 is {}; they may differ only on axis {}", i + 1,
                                   to_string(operands[i]), to_string(operands[0]), axis));
    shape[axis] += extent;
    if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  }
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Concat&, const Signature&) { return Macs{}; }

Flops flops(const Concat&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Concat& layer, const std::vector<TensorType>&) {
  if (layer.with.empty()) return {};
  return {{"operand", Shape{layer.with}}};
}

std::vector<Feature> features(const Concat& layer, const Signature& tensors) {
  const auto& output = tensors.outputs[0].shape;
  const auto axis = static_cast<std::size_t>(layer.axis);
  const auto operands = operand_shapes(layer, tensors.inputs);
  std::int64_t block = 0;
  for (const auto& operand : operands) block = std::gcd(block, operand[axis]);
  return {{"elements", static_cast<double>(output.elements())},
          {"inputs", static_cast<double>(operands.size())},
          {"outer", static_cast<double>(output.elements(0, axis))},
          {"inner", static_cast<double>(output.elements(axis + 1, output.rank()))},
          {"block", static_cast<double>(block)}};
}

std::vector<Feature> paper_variables(const Concat&, const Signature& tensors) {
  return {{"input_size", static_cast<double>(tensors.outputs[0].shape.elements())}};
}

std::string category(const Concat& layer, const Signature& tensors) {
  const auto* const kind = tensors.outputs[0].shape.rank() > 2 ? "maps" : "vectors";
  return fmt::format("{}, {} inputs{}", kind, operand_shapes(layer, tensors.inputs).size(),
                     layer.with.empty() ? "" : ", one stored");
}

}  // namespace ns
