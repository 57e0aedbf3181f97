#include "net/layers/eltwise.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace ns {
namespace {

/// Multidirectional broadcasting as ONNX and numpy define it.
std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const auto& longer = a.rank() >= b.rank() ? a : b;
  const auto& shorter = a.rank() >= b.rank() ? b : a;
  auto shape = longer;
  for (std::size_t i = 0; i < shorter.rank(); ++i) {
    auto& extent = shape[longer.rank() - shorter.rank() + i];
    const auto other = shorter[i];
    if (extent != other && extent != 1 && other != 1) return std::nullopt;
    if (extent == 1) extent = other;
  }
  return shape;
}

std::string kind_name(Eltwise::Kind kind) {
  return std::string{std::ranges::find(eltwise_kinds, kind, &Choice<Eltwise::Kind>::value)->name};
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Eltwise& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() < 2)
    return bad_input(fmt::format("element-wise arithmetic needs at least 2 inputs, not {}", inputs.size()));
  if (!layer.coefficients.empty() &&
      (layer.coefficients.size() != inputs.size() || layer.kind != Eltwise::Kind::add))
    return bad_input(fmt::format("{} coefficients for {} inputs; only add takes one each",
                                 layer.coefficients.size(), inputs.size()));
  auto shape = inputs[0].shape;
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    auto both = broadcast(shape, inputs[i].shape);
    if (!both)
      return bad_input(fmt::format("input {} is {}, the inputs before it {}; they do not broadcast", i + 1,
                                   to_string(inputs[i].shape), to_string(shape)));
    shape = std::move(*both);
  }
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Eltwise&, const Signature&) { return Macs{}; }

Flops flops(const Eltwise&, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.outputs[0].shape.elements()) *
               static_cast<double>(tensors.inputs.size() - 1)};
}

std::vector<Weight> weights(const Eltwise&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Eltwise& layer, const Signature& tensors) {
  return {{"elements", static_cast<double>(tensors.outputs[0].shape.elements())},
          {"inputs", static_cast<double>(tensors.inputs.size())},
          {"kind", static_cast<double>(layer.kind)}};
}

std::vector<Feature> paper_variables(const Eltwise&, const Signature& tensors) {
  double size = 0.0;
  for (const auto& input : tensors.inputs) size += static_cast<double>(input.shape.elements());
  return {{"input_size", size}};
}

std::string category(const Eltwise& layer, const Signature& tensors) {
  const auto same = [&](const TensorType& input) { return input.shape == tensors.outputs[0].shape; };
  return fmt::format("{} of {}{}", kind_name(layer.kind), tensors.inputs.size(),
                     std::ranges::all_of(tensors.inputs, same) ? "" : " broadcast");
}

}  // namespace ns
