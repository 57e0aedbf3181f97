/// Sequences of tensors.
#pragma once

#include "net/onnx/fact.hpp"

#include <vector>

namespace ns::onnx {

/// A sequence whose elements are known one by one.
Fact sequence(std::vector<Fact> elements);
/// A sequence of unknown length.
Fact sequence_of(Fact element);

}  // namespace ns::onnx
