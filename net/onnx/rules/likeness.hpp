/// Outputs that have the shape of an input.
#pragma once

#include "net/onnx/node_view.hpp"

#include <cstddef>
#include <optional>
#include <utility>

namespace ns::onnx {

/// Shape and bound of `model`, elements of another type.
inline Fact like(const Fact& model, std::optional<DType> dtype) {
  Fact fact = tensor(dtype, model.dims);
  fact.most = model.most;
  fact.on_data = model.on_data;
  return fact;
}

inline Fact like(const Fact& model) { return like(model, model.dtype); }

/// The first output is like this input.
template <std::size_t input = 0>
Result<void> same_as_input(NodeView& node) {
  node.out(0, like(node.in(input)));
  return {};
}

/// The first output has the first input's shape and elements of a fixed type.
template <DType dtype>
Result<void> same_shape(NodeView& node) {
  node.out(0, like(node.in(0), dtype));
  return {};
}

/// Extents that are certainly large enough: the known bound, else the extents where all are known.
inline std::optional<Dims> bound_of(const Fact& fact) {
  if (fact.most) return fact.most;
  if (fact.dims && all_known(*fact.dims)) return fact.dims;
  return std::nullopt;
}

/// A tensor whose shape `shape` makes of that of `model`, and its bound of the bound. `shape`:
/// Result<Dims>(const Dims&), which must not fall where an extent grows.
template <class Shape>
Result<Fact> shaped(const Fact& model, std::optional<DType> dtype, const Shape& shape) {
  Fact fact = tensor(dtype, std::nullopt);
  if (model.dims) {
    Result<Dims> dims = shape(*model.dims);
    if (!dims) return tl::unexpected{std::move(dims).error()};
    fact.dims = *std::move(dims);
  }
  if (!model.most) return fact;
  if (Result<Dims> most = shape(*model.most); most && all_known(*most)) fact.most = *std::move(most);
  return fact;
}

/// A product of extents as a count; nothing where one is not known. A double, since counts exceed 2^63.
inline std::optional<double> count_of(const Dims& dims) {
  double count = 1.0;
  for (const auto& extent : dims) {
    if (!extent.is_known()) return std::nullopt;
    count *= static_cast<double>(extent.value());
  }
  return count;
}

/// The extent of an axis; unknown where the rank is not known or too small.
inline Extent extent_at(const Fact& fact, std::size_t axis) {
  return fact.dims && axis < fact.dims->size() ? (*fact.dims)[axis] : Extent{};
}

/// Both known, and different.
inline bool differ(const Extent& a, const Extent& b) {
  return a.is_known() && b.is_known() && a.value() != b.value();
}

/// What is known of an extent that two places state.
inline Extent either(const Extent& a, const Extent& b) { return a.is_known() || b.is_unknown() ? a : b; }

}  // namespace ns::onnx
