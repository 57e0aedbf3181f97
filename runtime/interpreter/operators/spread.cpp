#include "runtime/interpreter/operators/spread.hpp"

namespace ns {

Spread::Spread(const Shape& large, const Shape& small)
    : fits_{small.rank() <= large.rank()}, strides_(large.rank(), 0) {
  for (const auto extent : large.extents()) extents_.push_back(static_cast<std::size_t>(extent));
  if (!fits_) return;
  const auto lead = large.rank() - small.rank();
  std::size_t stride = 1;
  for (std::size_t axis = small.rank(); axis-- > 0;) {
    const auto extent = small[axis];
    fits_ = fits_ && (extent == 1 || extent == large[lead + axis]);
    if (extent != 1) strides_[lead + axis] = stride;
    stride *= static_cast<std::size_t>(extent);
  }
}

}  // namespace ns
