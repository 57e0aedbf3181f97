#include "net/layers/resize.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

template <class Enum, std::size_t Size>
std::string_view name_of(const std::array<Choice<Enum>, Size>& table, Enum value) {
  return std::ranges::find(table, value, &Choice<Enum>::value)->name;
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Resize& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a resize has 1 input, not {}", inputs.size()));
  const auto& input = inputs[0].shape;
  if (layer.extents.size() != input.rank() || (!layer.scales.empty() && layer.scales.size() != input.rank()))
    return bad_input(fmt::format("a resize of input {} needs {} extents, and as many scales or none",
                                 to_string(input), input.rank()));
  if (!std::ranges::all_of(layer.scales, [](double scale) { return scale >= 1e-9 && scale <= 1e9; }))
    return bad_input("scales must be positive, from 1e-9 to 1e9");
  Shape shape{layer.extents};
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  if (input.elements() == 0 && shape.elements() > 0)
    return bad_input(
        fmt::format("input {} has no elements to make {} of", to_string(input), to_string(shape)));
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Resize&, const Signature&) { return Macs{}; }

Flops flops(const Resize&, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.outputs[0].shape.elements())};
}

std::vector<Weight> weights(const Resize&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Resize& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto& output = tensors.outputs[0].shape;
  const bool maps = input.rank() > 2;
  const auto planes = maps ? input.elements(0, 2) : 1;
  return {{"planes", static_cast<double>(planes)},
          {"in_pixels",
           static_cast<double>(input.elements()) / static_cast<double>(std::max<std::int64_t>(1, planes))},
          {"out_pixels", static_cast<double>(output.elements(maps ? 2 : 0, output.rank()))},
          {"out_width", input.rank() == 0 ? 1.0 : static_cast<double>(output[output.rank() - 1])},
          {"runs", static_cast<double>(output.elements(0, std::max<std::size_t>(1, output.rank()) - 1))},
          {"mode", static_cast<double>(layer.mode)}};
}

std::vector<Feature> paper_variables(const Resize&, const Signature& tensors) {
  return {{"input_size", static_cast<double>(tensors.inputs[0].shape.elements())},
          {"output_size", static_cast<double>(tensors.outputs[0].shape.elements())}};
}

std::string category(const Resize& layer, const Signature& tensors) {
  return fmt::format("{} of {} axes{}", name_of(resize_modes, layer.mode), tensors.inputs[0].shape.rank(),
                     layer.antialias ? " antialiased" : "");
}

}  // namespace ns
