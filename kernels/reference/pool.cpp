#include "kernels/geometry.hpp"
#include "kernels/reference/arithmetic.hpp"
#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace ns::reference {
namespace {

/// What one window covers: the taps inside the map, and how many are in it or in the stated padding.
struct Cover {
  WindowGeometry::Extents start{};  // of the window
  WindowGeometry::Extents first{};  // tap
  WindowGeometry::Extents last{};   // behind it
  std::int64_t padded_elements = 1;

  [[nodiscard]] std::int64_t elements() const {
    std::int64_t count = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) count *= std::max<std::int64_t>(0, last[axis] - first[axis]);
    return count;
  }
};

/// How many of `most` taps, `step` apart, stand before `end`.
std::int64_t taps_before(std::int64_t end, std::int64_t start, std::int64_t step, std::int64_t most) {
  if (end <= start) return 0;
  return std::min(most, (end - start + step - 1) / step);
}

Cover cover_of(const WindowGeometry& window, const WindowGeometry::Extents& position) {
  Cover cover;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t start = position[axis] * window.stride[axis] - window.pad[axis];
    const auto before = [&](std::int64_t end) {
      return taps_before(end, start, window.dilation[axis], window.kernel[axis]);
    };
    cover.start[axis] = start;
    cover.first[axis] = before(0);
    cover.last[axis] = before(window.in[axis]);
    cover.padded_elements *= before(window.in[axis] + window.pad_end[axis]);
  }
  return cover;
}

template <class Visit>
void visit(const WindowGeometry& window, const Cover& cover, const double* plane, Visit&& each) {
  const auto at = [&](std::size_t axis, std::int64_t tap) {
    return cover.start[axis] + tap * window.dilation[axis];
  };
  for (std::int64_t z = cover.first[0]; z < cover.last[0]; ++z)
    for (std::int64_t y = cover.first[1]; y < cover.last[1]; ++y)
      for (std::int64_t x = cover.first[2]; x < cover.last[2]; ++x)
        each(plane[(at(0, z) * window.in[1] + at(1, y)) * window.in[2] + at(2, x)]);
}

/// A window that covers nothing yields the lowest number, as in Caffe, which knows float32 alone.
double maximum(const WindowGeometry& window, const Cover& cover, const double* plane) {
  if (cover.elements() == 0) return static_cast<double>(std::numeric_limits<float>::lowest());
  double largest = -std::numeric_limits<double>::infinity();
  visit(window, cover, plane, [&](double value) { largest = larger(largest, value); });
  return largest;
}

double average(const WindowGeometry& window, const Cover& cover, const double* plane, bool count_pad) {
  double sum = 0.0;
  visit(window, cover, plane, [&](double value) { sum += value; });
  const std::int64_t count = count_pad ? cover.padded_elements : cover.elements();
  return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

}  // namespace

void run(const Pool& layer, const Operands& operands) {
  const WindowGeometry window = window_of(layer, operands.input().shape, operands.output().shape);
  const bool is_max = layer.kind == Pool::Kind::max;
  double* target = operands.output().values.data();
  for (std::int64_t map = 0; map < window.batch * window.channels; ++map) {
    const double* const plane = operands.input().values.data() + map * window.in_plane();
    for (std::int64_t z = 0; z < window.out[0]; ++z) {
      for (std::int64_t y = 0; y < window.out[1]; ++y) {
        for (std::int64_t x = 0; x < window.out[2]; ++x) {
          const Cover cover = cover_of(window, {z, y, x});
          *target++ = is_max ? maximum(window, cover, plane) : average(window, cover, plane, layer.count_pad);
        }
      }
    }
  }
}

}  // namespace ns::reference
