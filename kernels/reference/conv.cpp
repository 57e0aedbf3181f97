#include "kernels/geometry.hpp"
#include "kernels/reference/filters.hpp"
#include "kernels/reference/layers.hpp"

#include <algorithm>

namespace ns::reference {
namespace {

/// Output positions whose tap `k` falls inside the input: [first, last).
struct Range {
  std::int64_t first;
  std::int64_t last;
};

Range inside(const WindowGeometry& window, std::size_t axis, std::int64_t k) {
  const std::int64_t offset = k * window.dilation[axis] - window.pad[axis];
  const std::int64_t stride = window.stride[axis];
  const std::int64_t first = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const std::int64_t room = window.in[axis] - 1 - offset;
  const std::int64_t last = room < 0 ? 0 : std::min(window.out[axis], room / stride + 1);
  return {first, last};
}

/// Adds one tap of one input plane to the sums of an output plane.
void add_tap(const WindowGeometry& window, const WindowGeometry::Extents& tap, const double* plane,
             double weight, double* sums) {
  const Range depth = inside(window, 0, tap[0]);
  const Range height = inside(window, 1, tap[1]);
  const Range width = inside(window, 2, tap[2]);
  const auto source = [&](std::size_t axis, std::int64_t out) {
    return out * window.stride[axis] + tap[axis] * window.dilation[axis] - window.pad[axis];
  };
  for (std::int64_t z = depth.first; z < depth.last; ++z) {
    for (std::int64_t y = height.first; y < height.last; ++y) {
      const double* const row = plane + (source(0, z) * window.in[1] + source(1, y)) * window.in[2];
      double* const target = sums + (z * window.out[1] + y) * window.out[2];
      for (std::int64_t x = width.first; x < width.last; ++x) target[x] += weight * row[source(2, x)];
    }
  }
}

void add_plane(const WindowGeometry& window, const double* plane, const double* filter, double* sums) {
  for (std::int64_t z = 0; z < window.kernel[0]; ++z)
    for (std::int64_t y = 0; y < window.kernel[1]; ++y)
      for (std::int64_t x = 0; x < window.kernel[2]; ++x) add_tap(window, {z, y, x}, plane, *filter++, sums);
}

}  // namespace

void run(const Conv& layer, const Operands& operands) {
  const Array& stored = layer.stored ? operands.weights[0] : *operands.inputs[1];
  const Filters filters{layer.quantisation, operands, stored, layer.bias};
  Array& output = operands.output();
  const WindowGeometry window = window_of(layer, operands.input().shape, output.shape);
  const std::int64_t channels = window.channels / layer.groups;
  const std::int64_t filters_per_group = window.filters / layer.groups;
  for (std::int64_t n = 0; n < window.batch; ++n) {
    for (std::int64_t f = 0; f < window.filters; ++f) {
      double* const sums = output.values.data() + (n * window.filters + f) * window.out_plane();
      std::fill_n(sums, window.out_plane(), filters.start(f));
      const std::int64_t first_channel = n * window.channels + f / filters_per_group * channels;
      for (std::int64_t c = 0; c < channels; ++c) {
        add_plane(window, filters.input() + (first_channel + c) * window.in_plane(),
                  filters.weights() + (f * channels + c) * window.taps(), sums);
      }
      std::transform(sums, sums + window.out_plane(), sums,
                     [&](double sum) { return filters.finished(f, sum); });
    }
  }
}

}  // namespace ns::reference
