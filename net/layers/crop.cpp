#include "net/layers/crop.hpp"

#include "core/text.hpp"
#include "net/layers/sizes.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

namespace ns {
namespace {

std::int64_t step_of(const Crop& layer, std::size_t axis) {
  return layer.steps.empty() ? 1 : layer.steps[axis];
}

/// Elements that stand side by side in both tensors.
std::int64_t run_length(const Crop& layer, const Shape& input) {
  std::int64_t run = 1;
  for (std::size_t axis = input.rank(); axis-- > 0;) {
    if (step_of(layer, axis) != 1 && layer.extents[axis] > 1) break;
    run *= layer.extents[axis];
    if (layer.extents[axis] != input[axis]) break;
  }
  return run;
}

Result<void> check_axis_of(const Crop& layer, const Shape& input, std::size_t axis) {
  const auto count = layer.extents[axis];
  if (count == 0) return {};
  const auto step = step_of(layer, axis);
  const auto first = layer.starts[axis];
  const auto extent = input[axis];
  // The second part asks for first + (count - 1) * step without what may overflow.
  const bool inside = first >= 0 && first < extent &&
                      (count == 1 || (step > 0 && (extent - 1 - first) / step >= count - 1) ||
                       (step < 0 && step > -max_elements && first / -step >= count - 1));
  if (inside) return {};
  return bad_input(fmt::format("{} from {} on in steps of {} cannot lie inside the {} of axis {}",
                               counted(count, "element"), first, step, extent, axis));
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Crop& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a crop has 1 input, not {}", inputs.size()));
  const auto& input = inputs[0].shape;
  const auto fits = [&](const std::vector<std::int64_t>& list) { return list.size() == input.rank(); };
  if (!fits(layer.starts) || !fits(layer.extents) || (!layer.steps.empty() && !fits(layer.steps)))
    return bad_input(fmt::format("a crop of input {} needs {} starts and extents, and as many steps or none",
                                 to_string(input), input.rank()));
  Shape shape{layer.extents};
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  for (std::size_t axis = 0; axis < input.rank(); ++axis)
    if (auto checked = check_axis_of(layer, input, axis); !checked)
      return tl::unexpected{std::move(checked.error())};
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Crop&, const Signature&) { return Macs{}; }

Flops flops(const Crop&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Crop&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Crop& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto elements = static_cast<double>(tensors.outputs[0].shape.elements());
  const auto run = static_cast<double>(std::max<std::int64_t>(1, run_length(layer, input)));
  const bool strided = input.rank() > 0 && std::abs(step_of(layer, input.rank() - 1)) > 1;
  return {{"elements", elements}, {"run", run}, {"strided", strided ? 1.0 : 0.0}};
}

std::vector<Feature> paper_variables(const Crop&, const Signature& tensors) { return sizes(tensors); }

std::string category(const Crop& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto run = run_length(layer, input);
  if (run == tensors.outputs[0].shape.elements()) return "one run";
  return run == 1 ? "elements" : "runs";
}

}  // namespace ns
