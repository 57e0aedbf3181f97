/// Multidirectional broadcasting as ONNX and numpy define it.
#pragma once

#include "core/shape.hpp"

#include <optional>
#include <span>

namespace ns {

/// The shape that both are repeated to: axes aligned at the right, an extent of 1 fits any. Nothing if they
/// do not fit.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

}  // namespace ns
