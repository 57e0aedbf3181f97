/// A value of an ONNX graph while it runs: a tensor, a sequence, or an optional value.
#pragma once

#include "core/array.hpp"
#include "net/layers/signature.hpp"
#include "net/onnx/fact.hpp"

#include <optional>
#include <vector>

namespace ns {

struct Datum {
  onnx::Kind kind = onnx::Kind::tensor;
  Array array;                  // of a tensor
  std::vector<Datum> elements;  // of a sequence; the one of an optional, or none

  Datum() = default;
  Datum(Array tensor) : array{std::move(tensor)} {}  // NOLINT: tensors are data
  static Datum sequence(std::vector<Datum> elements);
  static Datum optional(std::vector<Datum> element);
};

/// All that inference could know of it: type, extents and, of a small tensor, its elements.
onnx::Fact fact_of(const Datum& datum);

/// The type of a tensor of which element type and all extents are known; nothing of any other fact.
std::optional<TensorType> known_type(const onnx::Fact& fact);

}  // namespace ns
