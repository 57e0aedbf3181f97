#include "net/layers/attention.hpp"

#include "core/text.hpp"

#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace ns {
namespace {

/// `heads`: of a packed tensor.
Result<HeadVectors> vectors_of(std::string_view name, const Shape& shape, std::int64_t heads) {
  if (shape.rank() == 4) return HeadVectors{shape[0], shape[1], shape[2], shape[3], false};
  if (shape.rank() != 3)
    return bad_input(fmt::format("{} are {}; they must have 3 or 4 axes", name, to_string(shape)));
  if (heads < 1 || shape[2] % heads != 0)
    return bad_input(fmt::format("{} are {}, which {} heads do not divide", name, to_string(shape), heads));
  return HeadVectors{shape[0], heads, shape[1], shape[2] / heads, true};
}

Result<void> check_vectors(const AttentionOperands& operands) {
  const auto& [queries, keys, values, results, mask] = operands;
  if (queries.batch != keys.batch || keys.batch != values.batch)
    return bad_input(fmt::format("queries, keys and values have batches of {}, {} and {}; they must be equal",
                                 queries.batch, keys.batch, values.batch));
  if (queries.size != keys.size)
    return bad_input(fmt::format("a query has {}, a key {}; they must be equal",
                                 counted(queries.size, "element"), keys.size));
  if (keys.steps != values.steps || keys.heads != values.heads)
    return bad_input(fmt::format("there are {} heads of {} keys, but {} of {} values", keys.heads, keys.steps,
                                 values.heads, values.steps));
  if (keys.heads < 1 || queries.heads % keys.heads != 0)
    return bad_input(
        fmt::format("{} heads of keys do not divide {} heads of queries", keys.heads, queries.heads));
  return {};
}

Result<MaskView> view_of(const TensorType& mask, const AttentionOperands& operands) {
  const auto& [shape, dtype] = mask;
  const std::array wanted{operands.queries.batch, operands.queries.heads, operands.queries.steps,
                          operands.keys.steps};
  if (shape.rank() < 1 || shape.rank() > wanted.size() || (dtype != DType::boolean && !is_floating(dtype)))
    return bad_input(
        fmt::format("the mask is {} of {}; it must be of booleans or real numbers and have 1 to 4 "
                    "axes",
                    to_string(shape), to_string(dtype)));
  MaskView view{{}, shape[shape.rank() - 1], dtype == DType::boolean};
  bool fits = view.keys <= wanted.back();
  std::int64_t stride = view.keys;
  for (std::size_t back = 2; back <= shape.rank(); ++back) {
    const auto extent = shape[shape.rank() - back];
    const auto axis = wanted.size() - back;
    fits = fits && (extent == 1 || extent == wanted.at(axis));
    view.strides.at(axis) = extent == 1 ? 0 : stride;
    stride *= extent;
  }
  if (!fits)
    return bad_input(fmt::format("the mask is {}, which does not broadcast to {}x{}x{}x{}", to_string(shape),
                                 wanted[0], wanted[1], wanted[2], wanted[3]));
  return view;
}

std::optional<TensorType> mask_type(const Attention& layer, const std::vector<TensorType>& inputs) {
  if (!layer.mask.empty()) return TensorType{Shape{layer.mask}, layer.mask_dtype};
  return inputs.size() > 3 ? std::optional{inputs[3]} : std::nullopt;
}

Result<AttentionOperands> checked_operands(const Attention& layer, const std::vector<TensorType>& inputs) {
  const std::size_t most = layer.mask.empty() ? 4 : 3;
  if (inputs.size() < 3 || inputs.size() > most)
    return bad_input(fmt::format("attention needs queries, keys and values{}, not {} inputs",
                                 layer.mask.empty() ? " and may have a mask" : "", inputs.size()));
  for (std::size_t i = 0; i < 3; ++i)
    if (!is_floating(inputs[i].dtype))
      return bad_input(
          fmt::format("attention computes with real numbers, not with {}", to_string(inputs[i].dtype)));
  const auto shared = layer.kv_heads == 0 ? layer.heads : layer.kv_heads;
  const auto queries = vectors_of("queries", inputs[0].shape, layer.heads);
  const auto keys = vectors_of("keys", inputs[1].shape, shared);
  const auto values = vectors_of("values", inputs[2].shape, shared);
  for (const auto* each : {&queries, &keys, &values})
    if (!*each) return tl::unexpected{each->error()};
  AttentionOperands operands{*queries, *keys, *values, *queries, std::nullopt};
  operands.results.size = values->size;
  if (auto checked = check_vectors(operands); !checked) return tl::unexpected{std::move(checked.error())};
  if (const auto type = mask_type(layer, inputs)) {
    const auto view = view_of(*type, operands);
    if (!view) return tl::unexpected{view.error()};
    operands.mask = *view;
  }
  return operands;
}

double product(std::initializer_list<std::int64_t> factors) {
  double made = 1.0;
  for (const auto factor : factors) made *= static_cast<double>(factor);
  return made;
}

double scores_of(const AttentionOperands& operands) {
  return product(
      {operands.queries.batch, operands.queries.heads, operands.queries.steps, operands.keys.steps});
}

}  // namespace

AttentionOperands operands_of(const Attention& layer, const std::vector<TensorType>& inputs) {
  return checked_operands(layer, inputs).value_or(AttentionOperands{});
}

double scale_of(const Attention& layer, const AttentionOperands& operands) {
  return layer.scale != 0.0 ? layer.scale : 1.0 / std::sqrt(static_cast<double>(operands.keys.size));
}

Result<std::vector<TensorType>> output_types(const Attention& layer, const std::vector<TensorType>& inputs) {
  // ONNX multiplies queries and keys by the root of the scale.
  for (const auto& [name, value] : {std::pair{"scale", layer.scale}, std::pair{"softcap", layer.softcap}})
    if (!std::isfinite(value) || value < 0.0)
      return bad_input(fmt::format("{} is {}; it must be positive, or 0 for the usual", name, value));
  const auto operands = checked_operands(layer, inputs);
  if (!operands) return tl::unexpected{operands.error()};
  const auto& made = operands->results;
  auto shape = made.packed ? Shape{made.batch, made.steps, made.heads * made.size}
                           : Shape{made.batch, made.heads, made.steps, made.size};
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Attention& layer, const Signature& tensors) {
  const auto operands = operands_of(layer, tensors.inputs);
  return Macs{scores_of(operands) * static_cast<double>(operands.keys.size + operands.values.size)};
}

Flops flops(const Attention& layer, const Signature& tensors) {
  return Flops{2.0 * macs(layer, tensors).value() + scores_of(operands_of(layer, tensors.inputs))};
}

std::vector<Weight> weights(const Attention& layer, const std::vector<TensorType>&) {
  if (layer.mask.empty()) return {};
  return {{"mask", Shape{layer.mask}, layer.mask_dtype, {}}};
}

std::vector<Feature> features(const Attention& layer, const Signature& tensors) {
  const auto operands = operands_of(layer, tensors.inputs);
  const auto& [queries, keys, values, results, mask] = operands;
  return {{"batch", product({queries.batch, queries.heads})},
          {"m", static_cast<double>(queries.steps)},
          {"n", static_cast<double>(keys.steps)},
          {"k", static_cast<double>(keys.size)},
          {"value_size", static_cast<double>(values.size)},
          {"sharing", product({queries.heads}) / product({keys.heads})},
          {"packed", keys.packed ? 1.0 : 0.0},
          {"scores", scores_of(operands)}};
}

std::vector<Feature> paper_variables(const Attention&, const Signature& tensors) {
  double read = 0.0;
  for (std::size_t i = 0; i < 3; ++i) read += static_cast<double>(tensors.inputs[i].shape.elements());
  return {{"input_neurons", read},
          {"output_neurons", static_cast<double>(tensors.outputs[0].shape.elements())}};
}

std::string category(const Attention& layer, const Signature& tensors) {
  const auto operands = operands_of(layer, tensors.inputs);
  return fmt::format("{}{}{}{}", operands.queries.steps == 1 ? "one" : "many", operands.mask ? " masked" : "",
                     layer.causal ? " causal" : "", layer.softcap != 0.0 ? " capped" : "");
}

}  // namespace ns
