#include "net/layers/tile.hpp"

#include "net/layers/sizes.hpp"

#include <fmt/format.h>

namespace ns {
namespace {

/// Elements of the input that stand side by side in the output, too.
std::int64_t run_length(const Tile& layer, const Shape& input) {
  std::int64_t run = 1;
  for (std::size_t axis = input.rank(); axis-- > 0;) {
    run *= input[axis];
    if (layer.repeats[axis] != 1) break;
  }
  return run;
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Tile& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a tiling has 1 input, not {}", inputs.size()));
  const auto& input = inputs[0].shape;
  if (layer.repeats.size() != input.rank())
    return bad_input(fmt::format("input {} needs {} repeats, not {}", to_string(input), input.rank(),
                                 layer.repeats.size()));
  auto shape = input;
  for (std::size_t axis = 0; axis < input.rank(); ++axis) {
    const auto repeats = layer.repeats[axis];
    if (repeats < 0) return bad_input("repeats must not be negative");
    if (input[axis] > 0 && repeats > max_elements / input[axis])
      return bad_input(fmt::format("{} repeats of axis {} are too many", repeats, axis));
    shape[axis] *= repeats;
  }
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Tile&, const Signature&) { return Macs{}; }

Flops flops(const Tile&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Tile&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Tile& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  return {{"elements", static_cast<double>(tensors.outputs[0].shape.elements())},
          {"in_elements", static_cast<double>(input.elements())},
          {"run", static_cast<double>(run_length(layer, input))}};
}

std::vector<Feature> paper_variables(const Tile&, const Signature& tensors) { return sizes(tensors); }

std::string category(const Tile& layer, const Signature&) {
  return layer.repeats.empty() || layer.repeats.back() == 1 ? "outer axes" : "innermost axis";
}

}  // namespace ns
