/// What a Net says of a tensor of which the file says more, or less.
#pragma once

#include "net/layers/signature.hpp"
#include "net/onnx/fact.hpp"

namespace ns::onnx {

struct Sized {
  TensorType type;
  bool crosses = true;   // false where its size is unknown, or it is no plain tensor
  bool bounded = false;  // its size is a bound

  [[nodiscard]] bool is_exact() const { return crosses && !bounded; }
};

Sized sized(const Fact& fact);

}  // namespace ns::onnx
