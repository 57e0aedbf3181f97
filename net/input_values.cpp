#include "net/input_values.hpp"

#include "core/array.hpp"

#include <algorithm>
#include <cmath>

namespace ns {
namespace {

constexpr std::int64_t small_number = 8;
constexpr double flags = 2.0;  // 0 and 1: what nets take as whole numbers besides indices are masks and kinds

/// The smallest of `count` extents from `first` on.
std::int64_t smallest(const Shape& shape, std::int64_t first, std::int64_t count) {
  std::int64_t least = max_elements;
  for (auto axis = first; axis < first + count; ++axis)
    least = std::min(least, shape[static_cast<std::size_t>(axis)]);
  return std::max<std::int64_t>(1, least);
}

/// Whether the layer computes with what 8 bits stand for, so that all of their numbers are as likely.
bool is_quantised(const LayerParams& params) {
  if (const auto* quantisation = quantisation_of(params)) return quantisation->is_integer();
  const auto* cast = std::get_if<Cast>(&params);
  return cast != nullptr && cast->scale != 0.0;
}

std::int64_t last_extent(const Shape& shape) { return shape.rank() == 0 ? 0 : shape[shape.rank() - 1]; }

}  // namespace

std::int64_t index_bound(const LayerParams& params, const std::vector<TensorType>& inputs) {
  if (const auto* gather = std::get_if<Gather>(&params)) {
    const auto data = data_of(*gather, inputs).shape;
    if (gather->kind != Gather::Kind::nd) return smallest(data, gather->axis, 1);
    return smallest(data, gather->batch, last_extent(indices_of(*gather, inputs)));
  }
  if (const auto* scatter = std::get_if<Scatter>(&params)) {
    const auto data = data_of(*scatter, inputs).shape;
    if (scatter->kind != Scatter::Kind::nd) return smallest(data, scatter->axis, 1);
    return smallest(data, 0, last_extent(indices_of(*scatter, inputs)));
  }
  return small_number;
}

double ValueRange::at(double fraction) const {
  const double value = low + (high - low) * fraction;
  return whole ? std::floor(value) : value;
}

ValueRange value_range(const Net& net, TensorId input) {
  const auto& tensor = net.tensors[input];
  if (tensor.type.dtype == DType::boolean) return {0.0, 2.0, true};
  if (is_floating(tensor.type.dtype)) return {};
  if (tensor.consumers.empty()) return {0.0, flags, true};
  const auto reader = tensor.consumers.front();
  const auto& params = net.layers[reader].params;
  if (is_quantised(params) && element_bits(tensor.type.dtype) == 8) {
    const auto [low, high] = range_of(tensor.type.dtype);
    return {low, high + 1.0, true};
  }
  if (!std::holds_alternative<Gather>(params) && !std::holds_alternative<Scatter>(params))
    return {0.0, flags, true};
  const auto bound = index_bound(params, net.input_types(reader));
  return {0.0, static_cast<double>(bound), true};
}

}  // namespace ns
