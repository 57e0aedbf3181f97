#include "kernels/geometry.hpp"
#include "kernels/reference/layers.hpp"

#include <algorithm>

namespace ns::reference {
namespace {

/// Adds what one input element spreads over an output plane.
void spread(const WindowGeometry& window, const WindowGeometry::Extents& position, double value,
            const double* filter, double* sums) {
  const auto target = [&](std::size_t axis, std::int64_t tap) {
    return position[axis] * window.stride[axis] + tap * window.dilation[axis] - window.pad[axis];
  };
  const auto inside = [&](std::size_t axis, std::int64_t place) {
    return place >= 0 && place < window.out[axis];
  };
  for (std::int64_t z = 0; z < window.kernel[0]; ++z) {
    for (std::int64_t y = 0; y < window.kernel[1]; ++y) {
      for (std::int64_t x = 0; x < window.kernel[2]; ++x, ++filter) {
        const auto depth = target(0, z);
        const auto row = target(1, y);
        const auto column = target(2, x);
        if (inside(0, depth) && inside(1, row) && inside(2, column))
          sums[(depth * window.out[1] + row) * window.out[2] + column] += value * *filter;
      }
    }
  }
}

void spread_plane(const WindowGeometry& window, const double* plane, const double* filter, double* sums) {
  for (std::int64_t z = 0; z < window.in[0]; ++z)
    for (std::int64_t y = 0; y < window.in[1]; ++y)
      for (std::int64_t x = 0; x < window.in[2]; ++x) spread(window, {z, y, x}, *plane++, filter, sums);
}

}  // namespace

void run(const Deconv& layer, const Operands& operands) {
  const WindowGeometry window = window_of(layer, operands.input().shape, operands.output().shape);
  const std::int64_t channels = window.channels / layer.groups;
  const std::int64_t filters = window.filters / layer.groups;
  for (std::int64_t n = 0; n < window.batch; ++n) {
    for (std::int64_t f = 0; f < window.filters; ++f) {
      double* const sums = operands.output().values.data() + (n * window.filters + f) * window.out_plane();
      std::fill_n(sums, window.out_plane(),
                  layer.bias ? operands.weights[1].values[static_cast<std::size_t>(f)] : 0.0);
      for (std::int64_t c = f / filters * channels; c < (f / filters + 1) * channels; ++c) {
        spread_plane(window, operands.input().values.data() + (n * window.channels + c) * window.in_plane(),
                     operands.weights[0].values.data() + (c * filters + f % filters) * window.taps(), sums);
      }
    }
  }
}

}  // namespace ns::reference
