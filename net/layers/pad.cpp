#include "net/layers/pad.hpp"

#include "net/layers/sizes.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

std::string_view mode_name(Pad::Mode mode) {
  return std::ranges::find(pad_modes, mode, &Choice<Pad::Mode>::value)->name;
}

/// What the mode can add before or behind an axis of `extent` elements.
std::int64_t most(Pad::Mode mode, std::int64_t extent) {
  if (mode == Pad::Mode::reflect) return std::max<std::int64_t>(0, extent - 1);
  if (mode == Pad::Mode::wrap) return extent;
  return mode == Pad::Mode::constant || extent > 0 ? max_elements : 0;
}

Result<std::int64_t> padded(const Pad& layer, const Shape& input, std::size_t axis) {
  const auto before = layer.pads[axis];
  const auto behind = layer.pads[input.rank() + axis];
  const auto highest = most(layer.mode, input[axis]);
  if (before > highest || behind > highest)
    return bad_input(fmt::format("{} padding cannot add {} elements to the {} of axis {}",
                                 mode_name(layer.mode), std::max(before, behind), input[axis], axis));
  if (before < -input[axis] || behind < -input[axis] || input[axis] + before + behind < 0)
    return bad_input(fmt::format("pads of {} and {} leave nothing of the {} elements of axis {}", before,
                                 behind, input[axis], axis));
  return input[axis] + before + behind;
}

}  // namespace

std::int64_t source_of(Pad::Mode mode, std::int64_t place, std::int64_t extent) {
  if (place >= 0 && place < extent) return place;
  switch (mode) {
    case Pad::Mode::constant:
      return -1;
    case Pad::Mode::reflect:
      return place < 0 ? -place : 2 * (extent - 1) - place;
    case Pad::Mode::edge:
      return place < 0 ? 0 : extent - 1;
    case Pad::Mode::wrap:
      return place < 0 ? place + extent : place - extent;
  }
  return -1;
}

Result<std::vector<TensorType>> output_types(const Pad& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("padding has 1 input, not {}", inputs.size()));
  const auto& input = inputs[0].shape;
  if (layer.pads.size() != 2 * input.rank())
    return bad_input(
        fmt::format("input {} needs {} pads, not {}", to_string(input), 2 * input.rank(), layer.pads.size()));
  std::vector<std::int64_t> extents;
  for (std::size_t axis = 0; axis < input.rank(); ++axis) {
    const auto extent = padded(layer, input, axis);
    if (!extent) return tl::unexpected{extent.error()};
    extents.push_back(*extent);
  }
  Shape shape{std::move(extents)};
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Pad&, const Signature&) { return Macs{}; }

Flops flops(const Pad&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Pad&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Pad& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto& output = tensors.outputs[0].shape;
  const auto width = output.rank() == 0 ? 1 : output[output.rank() - 1];
  return {{"elements", static_cast<double>(output.elements())},
          {"run", static_cast<double>(width)},
          {"added", static_cast<double>(output.elements() - input.elements())},
          {"width", input.rank() == 0 ? 1.0 : static_cast<double>(input[input.rank() - 1])},
          {"mode", static_cast<double>(layer.mode)}};
}

std::vector<Feature> paper_variables(const Pad&, const Signature& tensors) { return sizes(tensors); }

std::string category(const Pad& layer, const Signature&) { return std::string{mode_name(layer.mode)}; }

}  // namespace ns
