/// The tensors around one layer, as the reference's loops read and write them.
#pragma once

#include "core/array.hpp"

#include <span>

namespace ns::reference {

/// `outputs` have their element types and shapes and as many values; weights stand in the order of
/// weights(params, ...).
struct Operands {
  std::span<const Array* const> inputs;
  std::span<const Array> weights;
  std::span<Array* const> outputs;

  [[nodiscard]] const Array& input() const { return *inputs.front(); }
  [[nodiscard]] Array& output() const { return *outputs.front(); }
};

/// A shape seen from one axis: `outer` lines of `extent` elements, `inner` elements apart.
struct AxisView {
  std::int64_t outer = 1;
  std::int64_t extent = 1;
  std::int64_t inner = 1;
};

inline AxisView view_along(const Shape& shape, std::int64_t axis) {
  const auto place = static_cast<std::size_t>(axis);
  return {shape.elements(0, place), shape[place], shape.elements(place + 1, shape.rank())};
}

}  // namespace ns::reference
