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
  const bool is_byte = element_bits(tensor.type.dtype) == 8;
  const auto [low, high] = range_of(tensor.type.dtype);
  const ValueRange others = is_byte ? ValueRange{low, high + 1.0, true} : ValueRange{0.0, flags, true};
  if (tensor.consumers.empty()) return others;
  const auto reader = tensor.consumers.front();
  const auto& params = net.layers[reader].params;
  if (!std::holds_alternative<Gather>(params) && !std::holds_alternative<Scatter>(params)) return others;
  const auto bound = index_bound(params, net.input_types(reader));
  return {0.0, static_cast<double>(bound), true};
}

}  // namespace ns
