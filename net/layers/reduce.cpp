#include "net/layers/reduce.hpp"

#include "net/layers/axis.hpp"
#include "net/layers/sizes.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

std::string_view kind_name(Reduce::Kind kind) {
  return std::ranges::find(reduce_kinds, kind, &Choice<Reduce::Kind>::value)->name;
}

/// Elements behind the last reduced axis: how far apart those stand that are summed.
std::int64_t inner(const std::vector<bool>& reduced, const Shape& input) {
  std::size_t axis = input.rank();
  while (axis > 0 && !reduced[axis - 1]) --axis;
  return input.elements(axis, input.rank());
}

}  // namespace

std::vector<bool> reduced_axes(const Reduce& layer, std::size_t rank) {
  std::vector<bool> reduced(rank, layer.axes.empty());
  for (const auto axis : layer.axes) reduced[static_cast<std::size_t>(axis)] = true;
  return reduced;
}

Result<std::vector<TensorType>> output_types(const Reduce& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a reduction has 1 input, not {}", inputs.size()));
  const auto& input = inputs[0].shape;
  if (auto checked = check_axes(layer.axes, input); !checked)
    return tl::unexpected{std::move(checked.error())};
  const auto reduced = reduced_axes(layer, input.rank());
  std::vector<std::int64_t> extents;
  for (std::size_t axis = 0; axis < input.rank(); ++axis)
    if (!reduced[axis] || layer.keep) extents.push_back(reduced[axis] ? 1 : input[axis]);
  return std::vector{TensorType{Shape{std::move(extents)}, inputs[0].dtype}};
}

Macs macs(const Reduce&, const Signature&) { return Macs{}; }

Flops flops(const Reduce&, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.inputs[0].shape.elements())};
}

std::vector<Weight> weights(const Reduce&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Reduce& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto reduced = reduced_axes(layer, input.rank());
  const auto made = std::max<std::int64_t>(1, tensors.outputs[0].shape.elements());
  const auto elements = static_cast<double>(input.elements());
  const auto along = elements / static_cast<double>(made);
  const auto within = static_cast<double>(inner(reduced, input));
  return {{"elements", elements},
          {"outputs", static_cast<double>(made)},
          {"along", along},
          {"inner", within},
          {"run", within > 1.0 ? within : along},
          {"kind", static_cast<double>(layer.kind)}};
}

std::vector<Feature> paper_variables(const Reduce&, const Signature& tensors) { return sizes(tensors); }

std::string category(const Reduce& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto reduced = reduced_axes(layer, input.rank());
  const auto* const place = tensors.outputs[0].shape.elements() == 1 ? "all"
                            : inner(reduced, input) == 1             ? "last axes"
                                                                     : "inner axes";
  return fmt::format("{} {}", place, kind_name(layer.kind));
}

}  // namespace ns
