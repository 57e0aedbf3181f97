#include "kernels/geometry.hpp"

#include <vector>

namespace ns {
namespace {

void place(WindowGeometry::Extents& target, const std::vector<std::int64_t>& values, std::size_t first,
           std::size_t axes) {
  for (std::size_t axis = 0; axis < axes && first + axis < values.size(); ++axis)
    target[3 - axes + axis] = values[first + axis];
}

WindowGeometry window_of_maps(const Shape& in, const Shape& out) {
  WindowGeometry window;
  window.batch = in[0];
  window.channels = in[1];
  window.filters = out[1];
  const std::size_t axes = in.rank() - 2;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    window.in[3 - axes + axis] = in[2 + axis];
    window.out[3 - axes + axis] = out[2 + axis];
  }
  return window;
}

template <class Layer>
WindowGeometry window_with_kernel(const Layer& layer, const Shape& in, const Shape& out) {
  WindowGeometry window = window_of_maps(in, out);
  const std::size_t axes = in.rank() - 2;
  place(window.kernel, layer.kernel, 0, axes);
  place(window.stride, layer.stride, 0, axes);
  place(window.pad, layer.pad, 0, axes);
  place(window.pad_end, layer.pad, axes, axes);
  return window;
}

}  // namespace

WindowGeometry window_of(const Conv& layer, const Shape& in, const Shape& out) {
  WindowGeometry window = window_with_kernel(layer, in, out);
  place(window.dilation, layer.dilation, 0, in.rank() - 2);
  return window;
}

WindowGeometry window_of(const Deconv& layer, const Shape& in, const Shape& out) {
  WindowGeometry window = window_with_kernel(layer, in, out);
  place(window.dilation, layer.dilation, 0, in.rank() - 2);
  return window;
}

WindowGeometry window_of(const Local& layer, const Shape& in, const Shape& out) {
  return window_with_kernel(layer, in, out);
}

WindowGeometry window_of(const Pool& layer, const Shape& in, const Shape& out) {
  if (layer.global) {
    WindowGeometry window = window_of_maps(in, out);
    window.kernel = window.in;
    return window;
  }
  WindowGeometry window = window_with_kernel(layer, in, out);
  place(window.dilation, layer.dilation, 0, in.rank() - 2);
  return window;
}

}  // namespace ns
