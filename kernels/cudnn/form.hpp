/// How a tensor is kept on the GPU: of what numbers, and in which order.
#pragma once

#include "core/shape.hpp"
#include "kernels/cudnn/element.hpp"

#include <cstdint>

namespace ns::cudnn {

/// The order of maps [batch, channels, height, width]: channel by channel, or place by place with all
/// channels of one side by side. Everything else is row-major.
enum class Layout : std::uint8_t { nchw, nhwc };

struct Form {
  Element element = Element::float32;
  Layout layout = Layout::nchw;
};

/// Whether the order of `shape` is not the same in both layouts.
inline bool has_layouts(const Shape& shape) {
  return shape.rank() == 4 && shape[1] > 1 && shape.elements(2, 4) > 1;
}

/// The extents in the order in which they are kept.
inline Shape placed(const Shape& shape, Layout layout) {
  if (layout == Layout::nchw || shape.rank() != 4) return shape;
  return Shape{shape[0], shape[2], shape[3], shape[1]};
}

/// Where axis `axis` of maps stands among these.
inline std::int64_t placed_axis(std::int64_t axis, Layout layout) {
  if (layout == Layout::nchw || axis == 0) return axis;
  return axis == 1 ? 3 : axis - 1;
}

/// How many elements of one channel stand side by side in maps of a layout.
inline std::int64_t channel_run(const Shape& shape, Layout layout) {
  return layout == Layout::nhwc ? 1 : shape.elements(2, shape.rank());
}

}  // namespace ns::cudnn
