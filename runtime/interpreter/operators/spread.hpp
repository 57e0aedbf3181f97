/// Operands spread over larger ones (ONNX, Broadcasting.md).
#pragma once

#include "core/shape.hpp"

#include <cstddef>
#include <vector>

namespace ns {

/// Which element of a small operand goes with each element of a large one.
class Spread {
 public:
  /// Of `small` over `large`, last axes together.
  Spread(const Shape& large, const Shape& small);

  /// Whether every axis of the small one has one element or as many as the large one.
  [[nodiscard]] bool fits() const { return fits_; }
  /// Precondition: fits().
  [[nodiscard]] std::size_t at(std::size_t element) const {
    std::size_t place = 0;
    for (std::size_t axis = extents_.size(); axis-- > 0; element /= extents_[axis])
      place += element % extents_[axis] * strides_[axis];
    return place;
  }

 private:
  bool fits_ = true;
  std::vector<std::size_t> extents_;  // of the large one
  std::vector<std::size_t> strides_;  // of the small one; 0 where it has one element
};

}  // namespace ns
