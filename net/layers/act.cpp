#include "net/layers/act.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

std::string kind_name(Act::Kind kind) {
  return std::string{std::ranges::find(act_kinds, kind, &Choice<Act::Kind>::value)->name};
}

/// The kind whose work it is.
Act::Kind cost_kind(const Act& layer) { return layer.shared ? Act::Kind::leaky_relu : layer.kind; }

bool is_boolean(Act::Kind kind) {
  return kind == Act::Kind::logical_not || kind == Act::Kind::is_nan || kind == Act::Kind::is_inf;
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Act& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("an activation has 1 input, not {}", inputs.size()));
  if (layer.shared && layer.kind != Act::Kind::prelu)
    return bad_input(fmt::format("{} has no slope to share; only prelu has", kind_name(layer.kind)));
  if (layer.kind == Act::Kind::prelu && !layer.shared && inputs[0].shape.rank() < 2)
    return bad_input("prelu needs an input with channels on axis 1");
  if (is_boolean(layer.kind)) return std::vector{TensorType{inputs[0].shape, DType::boolean}};
  return inputs;
}

Macs macs(const Act&, const Signature&) { return Macs{}; }

Flops flops(const Act&, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.outputs[0].shape.elements())};
}

std::vector<Weight> weights(const Act& layer, const std::vector<TensorType>& inputs) {
  if (layer.kind != Act::Kind::prelu) return {};
  return {{"slope", Shape{layer.shared ? 1 : inputs[0].shape[1]}}};
}

std::vector<Feature> features(const Act& layer, const Signature& tensors) {
  return {{"elements", static_cast<double>(tensors.inputs[0].shape.elements())},
          {"spatial", tensors.inputs[0].shape.rank() > 2 ? 1.0 : 0.0},
          {"kind", static_cast<double>(cost_kind(layer))}};
}

std::vector<Feature> paper_variables(const Act&, const Signature& tensors) {
  return {{"neurons", static_cast<double>(tensors.inputs[0].shape.elements())}};
}

std::string category(const Act& layer, const Signature&) {
  // Exponents that multiplications, divisions and roots make; others take a logarithm each.
  static constexpr std::array quick{1.0, 2.0, 3.0, 0.5, -1.0, -0.5};
  if (layer.kind == Act::Kind::power && std::ranges::find(quick, layer.alpha) == quick.end())
    return "power of any exponent";
  return kind_name(cost_kind(layer));
}

}  // namespace ns
