#include "net/layers/transpose.hpp"

#include "core/text.hpp"
#include "net/layers/axis.hpp"
#include "net/layers/sizes.hpp"

#include <fmt/format.h>

namespace ns {
namespace {

/// A transposition without the axes that do not matter: those of one element are left out, those that stay
/// neighbours are one.
struct Essence {
  std::vector<std::int64_t> extents;  // of the output's merged axes
  std::vector<std::size_t> perm;      // old place of each, among the merged
};

Essence essence_of(const Transpose& layer, const Shape& input) {
  std::vector<std::size_t> kept;  // old axes in their new order
  for (const auto axis : layer.perm)
    if (input[static_cast<std::size_t>(axis)] != 1) kept.push_back(static_cast<std::size_t>(axis));
  const auto follows = [&](std::size_t before, std::size_t after) {
    if (before >= after) return false;
    return input.elements(before + 1, after) == 1;
  };
  Essence made;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (i > 0 && follows(kept[i - 1], kept[i])) {
      made.extents.back() *= input[kept[i]];
    } else {
      made.extents.push_back(input[kept[i]]);
      made.perm.push_back(kept[i]);
    }
  }
  return made;
}

bool moves_nothing(const Essence& essence) { return essence.extents.size() < 2; }

/// Whether the innermost axis of both sides is the same.
bool keeps_innermost(const Essence& essence) {
  for (const auto axis : essence.perm)
    if (axis > essence.perm.back()) return false;
  return true;
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Transpose& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a transposition has 1 input, not {}", inputs.size()));
  const auto& input = inputs[0].shape;
  if (layer.perm.size() != input.rank())
    return bad_input(fmt::format("perm has {}, input {} has {}",
                                 counted(layer.perm.size(), "entry", "entries"), to_string(input),
                                 counted(input.rank(), "axis", "axes")));
  if (auto checked = check_axes(layer.perm, input); !checked)
    return tl::unexpected{std::move(checked.error())};
  std::vector<std::int64_t> extents;
  for (const auto axis : layer.perm) extents.push_back(input[static_cast<std::size_t>(axis)]);
  return std::vector{TensorType{Shape{std::move(extents)}, inputs[0].dtype}};
}

Macs macs(const Transpose&, const Signature&) { return Macs{}; }

Flops flops(const Transpose&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Transpose&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Transpose& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto essence = essence_of(layer, input);
  const auto last = essence.extents.empty() ? 1 : essence.extents.back();
  const bool rows = moves_nothing(essence) || keeps_innermost(essence);
  // How far apart in the input the elements are that become neighbours.
  const auto stride = rows ? 1 : input.elements(essence.perm.back() + 1, input.rank());
  return {{"elements", static_cast<double>(input.elements())},
          {"axes", static_cast<double>(essence.extents.size())},
          {"last", static_cast<double>(last)},
          {"stride", static_cast<double>(stride)},
          {"run", rows ? static_cast<double>(last) : 1.0}};
}

std::vector<Feature> paper_variables(const Transpose&, const Signature& tensors) { return sizes(tensors); }

std::string category(const Transpose& layer, const Signature& tensors) {
  const auto essence = essence_of(layer, tensors.inputs[0].shape);
  if (moves_nothing(essence)) return "copy";
  return keeps_innermost(essence) ? "rows" : "elements";
}

}  // namespace ns
