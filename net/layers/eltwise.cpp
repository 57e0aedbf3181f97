#include "net/layers/eltwise.hpp"

#include "core/text.hpp"
#include "net/layers/broadcast.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

std::string_view kind_name(Eltwise::Kind kind) {
  return std::ranges::find(eltwise_kinds, kind, &Choice<Eltwise::Kind>::value)->name;
}

bool is_boolean(Eltwise::Kind kind) {
  return kind >= Eltwise::Kind::equal && kind <= Eltwise::Kind::logical_xor;
}

/// What an element costs: kinds of one class take the same time.
std::string_view cost_class(Eltwise::Kind kind) {
  using Kind = Eltwise::Kind;
  switch (kind) {
    case Kind::div:
      return "division";
    case Kind::pow:
      return "power";
    case Kind::mod:
    case Kind::fmod:
      return "remainder";
    case Kind::where:
      return "choice";
    case Kind::bitwise_and:
    case Kind::bitwise_or:
    case Kind::bitwise_xor:
    case Kind::shift_left:
    case Kind::shift_right:
      return "bits";
    default:
      return is_boolean(kind) ? "comparison" : "arithmetic";
  }
}

/// How many operands the kind takes; arithmetic of Caffe and ONNX's Sum, Max, ... take any number from 2 on.
bool takes(Eltwise::Kind kind, std::size_t operands) {
  if (kind == Eltwise::Kind::where) return operands == 3;
  return operands == 2 || (operands > 2 && kind <= Eltwise::Kind::mean);
}

/// The element type that is computed with: where's condition has another.
DType value_type(const Eltwise& layer, const std::vector<TensorType>& inputs) {
  return inputs[layer.kind == Eltwise::Kind::where && layer.condition.empty() ? 1 : 0].dtype;
}

std::size_t stored_operands(const Eltwise& layer) {
  return (layer.with.empty() ? 0U : 1U) + (layer.condition.empty() ? 0U : 1U);
}

Result<void> check_operands(const Eltwise& layer, const std::vector<TensorType>& inputs) {
  if (inputs.empty()) return bad_input("element-wise arithmetic needs an input");
  if (!layer.condition.empty() && layer.kind != Eltwise::Kind::where)
    return bad_input(fmt::format("{} has no condition; only where has", kind_name(layer.kind)));
  const auto operands = inputs.size() + stored_operands(layer);
  if (operands < 2)
    return bad_input(fmt::format("element-wise arithmetic needs at least 2 inputs, not {}", operands));
  if (!takes(layer.kind, operands))
    return bad_input(fmt::format("{} has {} operands, not {}", kind_name(layer.kind),
                                 layer.kind == Eltwise::Kind::where ? 3 : 2, operands));
  if (!layer.coefficients.empty() &&
      (layer.coefficients.size() != inputs.size() || layer.kind != Eltwise::Kind::add || !layer.with.empty()))
    return bad_input(fmt::format("{} for {}; only add takes one each",
                                 counted(layer.coefficients.size(), "coefficient"),
                                 counted(inputs.size(), "input")));
  if (auto checked = check_shape(Shape{layer.condition}); !checked) return checked;
  return check_shape(Shape{layer.with});
}

}  // namespace

std::optional<std::size_t> stored_place(const Eltwise& layer, std::size_t inputs) {
  if (layer.with.empty()) return std::nullopt;
  if (!layer.with_first) return inputs + (layer.condition.empty() ? 0 : 1);
  return layer.kind == Eltwise::Kind::where ? 1 : 0;
}

std::vector<Shape> operand_shapes(const Eltwise& layer, const std::vector<TensorType>& inputs) {
  std::vector<Shape> shapes;
  if (!layer.condition.empty()) shapes.emplace_back(layer.condition);
  for (const auto& input : inputs) shapes.push_back(input.shape);
  if (const auto place = stored_place(layer, inputs.size()))
    shapes.insert(shapes.begin() + static_cast<std::ptrdiff_t>(*place), Shape{layer.with});
  return shapes;
}

Result<std::vector<TensorType>> output_types(const Eltwise& layer, const std::vector<TensorType>& inputs) {
  if (auto checked = check_operands(layer, inputs); !checked)
    return tl::unexpected{std::move(checked.error())};
  const auto operands = operand_shapes(layer, inputs);
  auto shape = operands[0];
  for (std::size_t i = 1; i < operands.size(); ++i) {
    auto both = broadcast(shape, operands[i]);
    if (!both)
      return bad_input(fmt::format("input {} is {}, the inputs before it {}; they do not broadcast", i + 1,
                                   to_string(operands[i]), to_string(shape)));
    shape = std::move(*both);
  }
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  const auto dtype = is_boolean(layer.kind) ? DType::boolean : value_type(layer, inputs);
  return std::vector{TensorType{std::move(shape), dtype}};
}

Macs macs(const Eltwise&, const Signature&) { return Macs{}; }

Flops flops(const Eltwise& layer, const Signature& tensors) {
  const auto operands = tensors.inputs.size() + stored_operands(layer);
  return Flops{static_cast<double>(tensors.outputs[0].shape.elements()) * static_cast<double>(operands - 1)};
}

std::vector<Weight> weights(const Eltwise& layer, const std::vector<TensorType>& inputs) {
  std::vector<Weight> stored;
  if (!layer.condition.empty()) stored.push_back({"condition", Shape{layer.condition}, DType::boolean, {}});
  if (!layer.with.empty()) stored.push_back({"operand", Shape{layer.with}, value_type(layer, inputs), {}});
  return stored;
}

std::vector<Feature> features(const Eltwise& layer, const Signature& tensors) {
  const auto operands = operand_shapes(layer, tensors.inputs);
  const auto& output = tensors.outputs[0].shape;
  return {{"elements", static_cast<double>(output.elements())},
          {"inputs", static_cast<double>(operands.size())},
          {"run", static_cast<double>(broadcast_axes(output, operands).extents.back())},
          {"kind", static_cast<double>(layer.kind)}};
}

std::vector<Feature> paper_variables(const Eltwise& layer, const Signature& tensors) {
  double size = 0.0;
  for (const auto& operand : operand_shapes(layer, tensors.inputs))
    size += static_cast<double>(operand.elements());
  return {{"input_size", size}};
}

std::string category(const Eltwise& layer, const Signature& tensors) {
  const auto operands = operand_shapes(layer, tensors.inputs);
  const auto same = [&](const Shape& operand) { return operand == tensors.outputs[0].shape; };
  return fmt::format("{} of {}{}{}", cost_class(layer.kind), operands.size(),
                     std::ranges::all_of(operands, same) ? "" : " broadcast",
                     stored_operands(layer) == 0 ? "" : " stored");
}

}  // namespace ns
