/// What the reference computes on: dense fp32 values in the order of their shape.
#pragma once

#include "core/shape.hpp"

#include <span>
#include <vector>

namespace ns::reference {

struct Dense {
  Shape shape;
  std::vector<float> values;
};

/// The tensors around one layer. `outputs` have their shapes and as many values; weights stand in the order
/// of weights(params, ...).
struct Operands {
  std::span<const Dense* const> inputs;
  std::span<const Dense> weights;
  std::span<Dense* const> outputs;

  [[nodiscard]] const Dense& input() const { return *inputs.front(); }
  [[nodiscard]] Dense& output() const { return *outputs.front(); }
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
