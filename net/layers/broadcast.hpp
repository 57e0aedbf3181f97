/// Multidirectional broadcasting as ONNX and numpy define it.
#pragma once

#include "core/shape.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns {

/// The shape that both are repeated to: axes aligned at the right, an extent of 1 fits any. Nothing if they
/// do not fit.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

/// Several operands broadcast to one shape: extents, and for each operand the stride per axis, 0 where it
/// repeats. Neighbouring axes along which all go on alike are one, so that rows are long.
struct BroadcastAxes {
  std::vector<std::int64_t> extents;
  std::vector<std::vector<std::int64_t>> strides;
};

/// Precondition: each operand broadcasts to `out`.
BroadcastAxes broadcast_axes(const Shape& out, const std::vector<Shape>& operands);

}  // namespace ns
