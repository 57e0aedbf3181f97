#include "kernels/precision.hpp"

#include "core/array.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace ns {
namespace {

double unit_roundoff(const Precision& precision) {
  constexpr int of_eleven_digits = -11;
  constexpr int of_eight_digits = -8;
  if (precision.tf32 || precision.kept == DType::float16) return std::ldexp(1.0, of_eleven_digits);
  return precision.kept == DType::bfloat16 ? std::ldexp(1.0, of_eight_digits) : 0.0;
}

template <std::size_t count>
bool is_among(const std::array<std::string_view, count>& types, const LayerParams& params) {
  return std::ranges::find(types, type_of(params)) != types.end();
}

bool multiplies(const LayerParams& params) {
  constexpr std::array<std::string_view, 8> products{"conv",   "deconv", "fc",        "local",
                                                     "matmul", "einsum", "attention", "rnn"};
  return is_among(products, params);
}

/// Whether values go from input to output as they are.
bool moves(const LayerParams& params) {
  constexpr std::array<std::string_view, 11> types{"concat", "slice",     "crop",        "expand",
                                                   "tile",   "transpose", "depth_space", "reshape",
                                                   "gather", "identity",  "topk"};
  return is_among(types, params);
}

/// The square root of how many products are summed for one element of the output.
double depth(const LayerConfig& layer) {
  const auto whole = cost(layer);
  if (!whole || whole->tensors.outputs.empty()) return 1.0;
  const auto made = static_cast<double>(whole->tensors.outputs.front().shape.elements());
  return std::sqrt(std::max(1.0, whole->macs.value() / std::max(1.0, made)));
}

/// How often a value is kept on its way through a layer, or rather by how many units it may be off for it.
double units(const LayerConfig& layer) {
  constexpr double operand_of_two = 2.0;
  if (moves(layer.params)) return 0.0;
  if (std::holds_alternative<Resize>(layer.params))
    return static_cast<double>(layer.inputs.front().shape.rank());  // axis by axis
  if (!multiplies(layer.params)) return 1.0;
  if (std::holds_alternative<Einsum>(layer.params)) return 1.0 + operand_of_two * depth(layer);
  constexpr double result_and_epilogue = 2.0;
  const auto* const quantisation = quantisation_of(layer.params);
  const bool keeps_products =
      quantisation != nullptr && quantisation->has_factors();  // filters times their scale
  return result_and_epilogue + (keeps_products ? depth(layer) : 0.0);
}

}  // namespace

Precision precision_of(std::string_view settings) {
  const auto has = [&](std::string_view word) { return settings.find(word) != std::string_view::npos; };
  if (has("math=fp16")) return {DType::float16, false};
  if (has("math=bf16")) return {DType::bfloat16, false};
  return {DType::float32, has("math=tf32")};
}

void round_to_kept(std::span<float> values, const Precision& precision) {
  if (precision.kept == DType::float32) return;
  for (float& value : values) value = static_cast<float>(rounded(precision.kept, static_cast<double>(value)));
}

void overflow_as_kept(std::span<float> values, const Precision& precision) {
  if (precision.kept == DType::float32) return;
  for (float& value : values)
    if (const double kept = rounded(precision.kept, static_cast<double>(value)); std::isinf(kept))
      value = static_cast<float>(kept);
}

double rounding_of(const LayerConfig& layer, const Precision& precision) {
  const double unit = unit_roundoff(precision);
  if (precision.tf32) return multiplies(layer.params) ? 2.0 * unit * depth(layer) : 0.0;
  return unit * units(layer);
}

Result<void> KeptWeights::read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                               std::span<float> values) const {
  if (auto done = weights_->read(net, layer, slot, first, values); !done) return done;
  const auto inputs = net.input_types(layer);
  const Weight weight = weights(net.layers[layer].params, inputs).at(slot);
  const bool is_real = is_floating(type_of(weight, inputs).dtype) && weight.name != "indices";
  if (is_real) round_to_kept(values, precision_);
  return {};
}

}  // namespace ns
