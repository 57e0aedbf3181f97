#include "net/layers/cast.hpp"

#include "core/array.hpp"

#include <cmath>
#include <fmt/format.h>

namespace ns {
namespace {

/// Between a real and a whole type.
Result<void> check_scale(const Cast& layer, DType from) {
  if (layer.scale == 0.0) {
    if (layer.zero_point != 0) return bad_input("a cast with a zero point needs a scale");
    return {};
  }
  if (!std::isfinite(layer.scale) || layer.scale < 0.0)
    return bad_input(fmt::format("a cast's scale is {}, which is no positive number", layer.scale));
  const auto whole = is_floating(from) ? layer.dtype : from;
  const auto [low, high] = range_of(whole);
  if (is_floating(from) == is_floating(layer.dtype) || low == high)
    return bad_input(fmt::format("a scale goes with a cast between real and whole numbers, not from {} to {}",
                                 to_string(from), to_string(layer.dtype)));
  const auto zero_point = static_cast<double>(layer.zero_point);
  if (zero_point < low || zero_point > high)
    return bad_input(fmt::format("{} has no zero point {}", to_string(whole), layer.zero_point));
  return {};
}

}  // namespace

double scaled_down(double value, double scale) {
  return static_cast<double>(static_cast<float>(value) / static_cast<float>(scale));
}

double quantised(DType dtype, double value, double scale, double zero_point) {
  const auto scaled = scaled_down(value, scale);
  return saturated(dtype, is_floating(dtype) ? scaled : std::nearbyint(scaled) + zero_point);
}

Result<std::vector<TensorType>> output_types(const Cast& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a cast has 1 input, not {}", inputs.size()));
  if (auto checked = check_scale(layer, inputs[0].dtype); !checked) return tl::unexpected{checked.error()};
  return std::vector{TensorType{inputs[0].shape, layer.dtype}};
}

Macs macs(const Cast&, const Signature&) { return Macs{}; }

Flops flops(const Cast& layer, const Signature& tensors) {
  const auto per_element = layer.scale == 0.0 ? 1.0 : 2.0;
  return Flops{per_element * static_cast<double>(tensors.outputs[0].shape.elements())};
}

std::vector<Weight> weights(const Cast&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Cast&, const Signature& tensors) {
  return {{"elements", static_cast<double>(tensors.inputs[0].shape.elements())},
          {"from_bits", static_cast<double>(element_bits(tensors.inputs[0].dtype))},
          {"to_bits", static_cast<double>(element_bits(tensors.outputs[0].dtype))}};
}

std::vector<Feature> paper_variables(const Cast&, const Signature& tensors) {
  return {{"input_size", tensors.inputs[0].bytes().value()},
          {"output_size", tensors.outputs[0].bytes().value()}};
}

std::string category(const Cast& layer, const Signature& tensors) {
  return fmt::format("{} to {}{}", to_string(tensors.inputs[0].dtype), to_string(layer.dtype),
                     layer.scale == 0.0 ? "" : " by scale");
}

}  // namespace ns
