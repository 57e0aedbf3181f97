/// Tensors of attention: one vector for each batch, head and step.
#pragma once

#include "core/array.hpp"
#include "runtime/interpreter/operators.hpp"

#include <cstdint>
#include <string_view>

namespace ns {

/// Where the elements of a tensor [batch, heads, steps, size] stand, or of a packed one [batch, steps, heads
/// * size].
struct Heads {
  std::int64_t batch = 1;
  std::int64_t heads = 1;
  std::int64_t steps = 1;
  std::int64_t size = 1;
  bool packed = false;

  /// bad_input for another rank, or a packed tensor that `heads` does not divide.
  static Result<Heads> of(const OperatorCall& call, const Shape& shape, std::int64_t heads);

  [[nodiscard]] std::size_t at(std::int64_t b, std::int64_t head, std::int64_t step,
                               std::int64_t element = 0) const {
    const auto vector = packed ? (b * steps + step) * heads + head : (b * heads + head) * steps + step;
    return static_cast<std::size_t>(vector * size + element);
  }
  [[nodiscard]] Shape shape() const {
    return packed ? Shape{batch, steps, heads * size} : Shape{batch, heads, steps, size};
  }
};

}  // namespace ns
