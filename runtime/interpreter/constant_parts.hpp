/// Elements of a model's constants, a part at a time, so that computing a large one does not need room for
/// all of it as doubles.
#pragma once

#include "core/array.hpp"
#include "core/error.hpp"
#include "runtime/interpreter/interpreter.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace ns {

/// Of a stored constant only what is asked for is read; of one that is filled, repeated, reshaped, or made
/// element by element (casts, dequantised weights, arithmetic) only that is computed. Any other is computed
/// whole and kept until the next large one is asked for.
class ConstantParts {
 public:
  /// `interpreter` outlives it.
  explicit ConstantParts(Interpreter& interpreter) : interpreter_{interpreter} {}

  /// How many elements the constant `name` has; errors as of Interpreter::constant().
  Result<std::int64_t> elements(const std::string& name);

  /// The elements from `first` on, row-major, as the nearest floats. Precondition: there are as many.
  Result<void> read(const std::string& name, std::int64_t first, std::span<float> values);

 private:
  /// Elements in their order: which of a tensor.
  struct Range {
    std::int64_t first = 0;
    std::int64_t count = 0;
  };

  /// An array of one axis. `depth`: how many nodes are between it and the constant that was asked for.
  Result<Array> part(const std::string& name, Range range, std::size_t depth);
  /// The same; where all are alike, one element may stand for them.
  Result<Array> computed(const std::string& name, Range range, std::size_t depth);
  Result<Array> cut_out(const std::string& name, Range range);
  Result<Array> filled(const onnx::Node& node, DType dtype, Range range);
  Result<Array> element_by_element(const onnx::Node& node, const Shape& shape, Range range,
                                   std::size_t depth);
  /// What the range of a tensor of `shape` reads of the constant `name`, seen as `own`, which broadcasts.
  Result<Array> broadcast(const std::string& name, const Shape& own, const Shape& shape, Range range,
                          std::size_t depth);
  /// Lets go of what was computed for another large constant, or for many small ones.
  void make_room_for(const std::string& name);

  Interpreter& interpreter_;
  std::string last_;       // of the large constants that were asked for
  std::int64_t kept_ = 0;  // elements of small ones since something was let go
};

}  // namespace ns
