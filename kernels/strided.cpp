#include "kernels/strided.hpp"

#include "net/layers/broadcast.hpp"

namespace ns {
namespace {

/// Of a dense tensor.
std::vector<std::int64_t> strides_of(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.rank(), 1);
  for (std::size_t axis = shape.rank(); axis-- > 1;) strides[axis - 1] = strides[axis] * shape[axis];
  return strides;
}

}  // namespace

StridedCopy strided_copy(const Transpose& layer, const Shape& input) {
  const auto from = strides_of(input);
  StridedCopy copy;
  for (const auto axis : layer.perm) {
    copy.extents.push_back(input[static_cast<std::size_t>(axis)]);
    copy.strides.push_back(from[static_cast<std::size_t>(axis)]);
  }
  return copy;
}

StridedCopy strided_copy(const DepthSpace& layer, const Shape& input) {
  const auto block = layer.block;
  const bool outer_block = layer.order == DepthSpace::Order::dcr;
  if (layer.kind == DepthSpace::Kind::depth_to_space) {
    // Channels are (block row, block column, depth) or (depth, block row, block column).
    const auto depth = input[1] / (block * block);
    const auto plane = input[2] * input[3];
    const auto of_depth = outer_block ? plane : plane * block * block;
    const auto of_column = outer_block ? plane * depth : plane;
    return {0,
            {input[0], depth, input[2], block, input[3], block},
            {input[1] * plane, of_depth, input[3], of_column * block, 1, of_column}};
  }
  // The output's channels are (block row, block column, depth) or (depth, block row, block column).
  const auto plane = input[2] * input[3];
  const auto height = input[2] / block;
  const auto width = input[3] / block;
  StridedCopy copy{0, {input[0]}, {input[1] * plane}};
  const auto append = [&](std::int64_t extent, std::int64_t stride) {
    copy.extents.push_back(extent);
    copy.strides.push_back(stride);
  };
  if (!outer_block) append(input[1], plane);
  append(block, input[3]);
  append(block, 1);
  if (outer_block) append(input[1], plane);
  append(height, input[3] * block);
  append(width, block);
  return copy;
}

StridedCopy strided_copy(const Crop& layer, const Shape& input) {
  StridedCopy copy{0, layer.extents, strides_of(input)};
  for (std::size_t axis = 0; axis < input.rank(); ++axis) {
    copy.offset += layer.starts[axis] * copy.strides[axis];
    if (!layer.steps.empty()) copy.strides[axis] *= layer.steps[axis];
  }
  return copy;
}

StridedCopy strided_copy(const Expand& layer, const Shape& input) {
  const auto output = broadcast(input, Shape{layer.extents}).value_or(Shape{});
  const auto from = strides_of(input);
  StridedCopy copy;
  for (std::size_t axis = 0; axis < output.rank(); ++axis) {
    const auto missing = output.rank() - input.rank();
    const bool repeats = axis < missing || input[axis - missing] == 1;
    copy.extents.push_back(output[axis]);
    copy.strides.push_back(repeats ? 0 : from[axis - missing]);
  }
  return copy;
}

StridedCopy strided_copy(const Tile& layer, const Shape& input) {
  const auto from = strides_of(input);
  StridedCopy copy;
  for (std::size_t axis = 0; axis < input.rank(); ++axis) {
    copy.extents.insert(copy.extents.end(), {layer.repeats[axis], input[axis]});
    copy.strides.insert(copy.strides.end(), {0, from[axis]});
  }
  return copy;
}

StridedCopy merged(const StridedCopy& copy) {
  StridedCopy made{copy.offset, {}, {}};
  for (std::size_t axis = 0; axis < copy.extents.size(); ++axis) {
    const auto extent = copy.extents[axis];
    const auto stride = copy.strides[axis];
    if (extent == 1) continue;
    if (!made.extents.empty() && made.strides.back() == extent * stride) {
      made.extents.back() *= extent;
      made.strides.back() = stride;
    } else {
      made.extents.push_back(extent);
      made.strides.push_back(stride);
    }
  }
  return made;
}

}  // namespace ns
