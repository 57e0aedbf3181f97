/// Elements of tensors of any size, read from wherever the model keeps them.
#pragma once

#include "core/array.hpp"
#include "core/error.hpp"
#include "net/onnx/contents.hpp"
#include "net/onnx/model.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace ns::onnx {

/// Files of external data stay open. Errors name the tensor; bad_input for bytes that do not fit dims and
/// element type, elements that the file does not hold (stripped weights), strings and complex numbers.
class TensorReader {
 public:
  /// What `contents` point to outlives it.
  explicit TensorReader(Contents contents) : contents_{std::move(contents)} {}

  /// The elements from `first` on, row-major, as the nearest floats. Precondition: the tensor has as many.
  Result<void> read(const TensorData& tensor, std::int64_t first, std::span<float> values);
  /// The same as they are.
  Result<void> read(const TensorData& tensor, std::int64_t first, std::span<double> values);

  /// All elements.
  Result<Array> read(const TensorData& tensor);

 private:
  template <class Number>
  Result<void> read_numbers(const TensorData& tensor, std::int64_t first, std::span<Number> values);
  template <class Number>
  Result<void> read_packed(const TensorData& tensor, std::int64_t first, std::span<Number> values);
  template <class Number>
  Result<void> read_typed(const TensorData& tensor, std::int64_t first, std::span<Number> values);
  Result<Source*> source_of(const TensorData& tensor);

  Contents contents_;
  std::map<std::string, Source> external_;  // by location
};

/// How many elements the dims say; bad_input if they are negative, too many, or more than the bytes that the
/// file holds for them.
Result<std::int64_t> stored_elements(const TensorData& tensor);

}  // namespace ns::onnx
