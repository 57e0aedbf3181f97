#include "kernels/geometry.hpp"
#include "kernels/reference/layers.hpp"

namespace ns::reference {
namespace {

/// One output element: `filter` over all channels of the window that starts at (top, left).
double window_sum(const WindowGeometry& window, const double* image, const double* filter, std::int64_t top,
                  std::int64_t left) {
  double sum = 0.0;
  for (std::int64_t c = 0; c < window.channels; ++c) {
    for (std::int64_t ky = 0; ky < window.kernel[1]; ++ky) {
      for (std::int64_t kx = 0; kx < window.kernel[2]; ++kx) {
        const double weight = *filter++;
        const std::int64_t y = top + ky;
        const std::int64_t x = left + kx;
        if (y < 0 || y >= window.in[1] || x < 0 || x >= window.in[2]) continue;
        sum += weight * image[(c * window.in[1] + y) * window.in[2] + x];
      }
    }
  }
  return sum;
}

}  // namespace

void run(const Local& layer, const Operands& operands) {
  const Array& input = operands.input();
  Array& output = operands.output();
  const WindowGeometry window = window_of(layer, input.shape, output.shape);
  const std::int64_t taps = window.channels * window.taps();
  const std::int64_t positions = window.out_plane();
  for (std::int64_t n = 0; n < window.batch; ++n) {
    const double* const image = input.values.data() + n * window.channels * window.in_plane();
    for (std::int64_t position = 0; position < positions; ++position) {
      const std::int64_t top = position / window.out[2] * window.stride[1] - window.pad[1];
      const std::int64_t left = position % window.out[2] * window.stride[2] - window.pad[2];
      for (std::int64_t f = 0; f < window.filters; ++f) {
        const double* const filter =
            operands.weights[0].values.data() + (position * window.filters + f) * taps;
        const auto place = static_cast<std::size_t>(f * positions + position);
        const double start = layer.bias ? operands.weights[1].values[place] : 0.0;
        output.values[static_cast<std::size_t>(n * window.filters * positions) + place] =
            start + window_sum(window, image, filter, top, left);
      }
    }
  }
}

}  // namespace ns::reference
