/// What of an input decides what a node makes.
#pragma once

#include "net/onnx/model.hpp"

#include <cstddef>
#include <cstdint>

namespace ns::onnx {

/// Shapes and element types are often known before anything runs; what follows from them alone is a constant
/// then, though the node reads an activation.
enum class Dependence : std::uint8_t {
  elements,
  shape,  // and element type: Shape, Size, EyeLike
  type,   // the element type alone: what CastLike is to be like
};

Dependence dependence(const Node& node, std::size_t input);

}  // namespace ns::onnx
