/// Layers that only move elements, as one form: the output is read off the input with a stride per axis.
#pragma once

#include "net/layer.hpp"

#include <cstdint>
#include <vector>

namespace ns {

/// Element (i, j, ...) of an output of `extents` is element offset + i * strides[0] + j * strides[1] + ... of
/// a dense input. A stride of 0 repeats, a negative one reads backwards.
struct StridedCopy {
  std::int64_t offset = 0;
  std::vector<std::int64_t> extents;
  std::vector<std::int64_t> strides;
};

StridedCopy strided_copy(const Transpose& layer, const Shape& input);
StridedCopy strided_copy(const DepthSpace& layer, const Shape& input);
StridedCopy strided_copy(const Crop& layer, const Shape& input);
StridedCopy strided_copy(const Expand& layer, const Shape& input);
StridedCopy strided_copy(const Tile& layer, const Shape& input);

/// The same with axes of one element left out and neighbours that continue each other joined.
StridedCopy merged(const StridedCopy& copy);

}  // namespace ns
