/// A layer's geometry as the loops see it.
#pragma once

#include "kernels/geometry.hpp"
#include "kernels/onednn/loops/loops.hpp"

#include <cstddef>

namespace ns::onednn {

inline Windows windows_of(const WindowGeometry& window) {
  Windows made{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    made.in[axis] = window.in[axis];
    made.out[axis] = window.out[axis];
    made.kernel[axis] = window.kernel[axis];
    made.stride[axis] = window.stride[axis];
    made.pad[axis] = window.pad[axis];
    made.pad_end[axis] = window.pad_end[axis];
    made.dilation[axis] = window.dilation[axis];
  }
  return made;
}

}  // namespace ns::onednn
