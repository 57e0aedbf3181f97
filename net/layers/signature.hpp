/// What goes into a layer and what comes out of it, without names.
#pragma once

#include "core/dtype.hpp"
#include "core/shape.hpp"
#include "core/units.hpp"

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns {

/// Shape and element type of one tensor.
struct TensorType {
  Shape shape;
  DType dtype = DType::float32;

  [[nodiscard]] Bytes bytes() const {
    constexpr double bits_of_byte = 8.0;
    return Bytes{std::ceil(static_cast<double>(shape.elements()) * static_cast<double>(element_bits(dtype)) /
                           bits_of_byte)};
  }
  friend bool operator==(const TensorType&, const TensorType&) = default;
};

/// The activations around one layer; weights follow from its parameters.
struct Signature {
  std::vector<TensorType> inputs;
  std::vector<TensorType> outputs;
};

/// One stored tensor of a layer, in the layout of ONNX (filters first).
struct Weight {
  std::string name;  // "weight", "bias", "mean", ...
  Shape shape;
  std::optional<DType> dtype = {};        // none: that of the first input
  std::optional<std::int64_t> read = {};  // how many elements one pass reads, where not all
};

/// One number that a regression may use.
struct Feature {
  std::string name;
  double value = 0.0;
};

}  // namespace ns
