#include "net/onnx/mapping/quantised.hpp"

#include <array>
#include <cmath>

namespace ns::onnx {
namespace {

struct QuantisedOperator {
  std::string_view op;
  QuantisedInputs inputs;
};

constexpr std::array quantised_operators{
    QuantisedOperator{"QGemm", {7, 6, true}},
    QuantisedOperator{"QLinearConv", {6, 8, false}},
    QuantisedOperator{"QLinearMatMul", {6, std::nullopt, true}},
};

/// How many elements stored input `place` has; nothing where that is not known.
std::optional<std::int64_t> count_at(const MappedNode& node, std::size_t place) {
  const auto extents = node.stores(place) ? node.extents(place) : std::nullopt;
  if (!extents) return std::nullopt;
  std::int64_t count = 1;
  for (const auto extent : *extents) count *= extent;
  return count;
}

/// Whether stored input `place` has one element, or one per filter.
bool is_per_filter(const MappedNode& node, std::size_t place, std::int64_t filters) {
  const auto count = count_at(node, place);
  return count == 1 || count == filters;
}

}  // namespace

bool is_8_bit(std::optional<DType> dtype) { return dtype == DType::int8 || dtype == DType::uint8; }

std::optional<Scaling> scaling_at(const MappedNode& node, std::size_t place) {
  const auto scale = node.number(place);
  const auto zero_point = node.view.has(place + 1) ? node.number(place + 1) : 0.0;
  if (!scale || !zero_point || !(*scale > 0.0) || !std::isfinite(*scale)) return std::nullopt;
  return Scaling{*scale, static_cast<std::int64_t>(*zero_point)};
}

std::optional<QuantisedInputs> quantised_inputs(std::string_view op) {
  for (const auto& row : quantised_operators)
    if (row.op == op) return row.inputs;
  return std::nullopt;
}

std::optional<Quantisation> quantisation_of(const MappedNode& node, std::int64_t axis) {
  constexpr auto filters = QuantisedInputs::filters;
  const auto inputs = quantised_inputs(node.view.node().op);
  const auto extents = node.stores(filters) ? node.extents(filters) : std::nullopt;
  if (!inputs || !extents || !is_8_bit(node.view.in(filters).dtype) ||
      axis >= static_cast<std::int64_t>(extents->size()) || node.inputs.size() != 1)
    return std::nullopt;
  const auto count = (*extents)[static_cast<std::size_t>(axis)];
  if (!is_per_filter(node, filters + 1, count)) return std::nullopt;
  if (node.view.has(filters + 2) && !is_per_filter(node, filters + 2, count)) return std::nullopt;
  const auto in = scaling_at(node, 1);
  if (!in) return std::nullopt;
  const auto points = node.view.has(filters + 2) ? node.view.node().inputs[filters + 2] : "";
  auto quantisation = filters_around(node.constants, *node.view.in(filters).dtype, points);
  if (!quantisation) return std::nullopt;
  quantisation->in = *in;
  if (!node.view.has(inputs->output)) return quantisation;
  const auto out = scaling_at(node, inputs->output);
  if (!out) return std::nullopt;
  quantisation->out = *out;
  quantisation->out_dtype = node.outputs.front().dtype;
  return quantisation;
}

std::optional<Quantisation> dynamic_quantisation(const MappedNode& node, std::int64_t axis) {
  constexpr std::size_t filters = 1;
  constexpr std::size_t points = 3;
  const auto extents = node.stores(filters) ? node.extents(filters) : std::nullopt;
  if (!extents || axis >= static_cast<std::int64_t>(extents->size()) ||
      !is_8_bit(node.view.in(filters).dtype))
    return std::nullopt;
  const bool has_points = node.view.has(points);
  if (has_points && !is_per_filter(node, points, (*extents)[static_cast<std::size_t>(axis)]))
    return std::nullopt;
  auto quantisation = filters_around(node.constants, *node.view.in(filters).dtype,
                                     has_points ? node.view.node().inputs[points] : "");
  if (quantisation) quantisation->dynamic = true;
  return quantisation;
}

std::optional<Quantisation> recurrent_quantisation(const MappedNode& node) {
  constexpr std::size_t behind = 8;  // scales and zero points, of the input's weights, then of the state's
  Quantisation quantisation;
  for (const std::size_t weight : {1, 2}) {
    const auto scale = behind + 2 * (weight - 1);
    const auto extents = node.stores(weight) ? node.extents(weight) : std::nullopt;
    if (!extents || extents->size() != 3 || !node.stores(scale) || !node.stores(scale + 1))
      return std::nullopt;
    const auto is_per_direction_or_row = [&](std::size_t place) {
      const auto count = count_at(node, place);
      return count == extents->front() || count == extents->front() * extents->back();
    };
    if (!is_per_direction_or_row(scale) || !is_per_direction_or_row(scale + 1)) return std::nullopt;
    const auto& dtype = node.view.in(weight).dtype;
    const auto around =
        dtype ? filters_around(node.constants, *dtype, node.view.node().inputs[scale + 1]) : std::nullopt;
    if (!around || (weight == 2 && quantisation.filter_dtype != around->filter_dtype)) return std::nullopt;
    quantisation.filter_dtype = around->filter_dtype;
    quantisation.filter_zero_points = quantisation.filter_zero_points || around->filter_zero_points;
  }
  quantisation.dynamic = true;
  return quantisation;
}

Quantisation stored_quantisation(const MappedNode& node, std::int64_t axis) {
  const bool is_single = node.inputs.front().dtype == DType::float32;
  return is_single ? node.constants.stored_as(node.view.node().inputs[1], axis) : Quantisation{};
}

}  // namespace ns::onnx
