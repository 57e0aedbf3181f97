#include "kernels/geometry.hpp"
#include "kernels/reference/arithmetic.hpp"
#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace ns::reference {
namespace {

/// What one window covers: the part inside the map, and how many positions of map and stated padding.
struct Cover {
  WindowGeometry::Extents first{};
  WindowGeometry::Extents last{};
  std::int64_t padded_elements = 1;

  [[nodiscard]] std::int64_t elements() const {
    std::int64_t count = 1;
    for (std::size_t axis = 0; axis < 3; ++axis) count *= std::max<std::int64_t>(0, last[axis] - first[axis]);
    return count;
  }
};

Cover cover_of(const WindowGeometry& window, const WindowGeometry::Extents& position) {
  Cover cover;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const std::int64_t start = position[axis] * window.stride[axis] - window.pad[axis];
    const std::int64_t end = std::min(start + window.kernel[axis], window.in[axis] + window.pad_end[axis]);
    cover.padded_elements *= std::max<std::int64_t>(0, end - start);
    cover.first[axis] = std::max<std::int64_t>(0, start);
    cover.last[axis] = std::min(end, window.in[axis]);
  }
  return cover;
}

template <class Visit>
void visit(const WindowGeometry& window, const Cover& cover, const double* plane, Visit&& each) {
  for (std::int64_t z = cover.first[0]; z < cover.last[0]; ++z)
    for (std::int64_t y = cover.first[1]; y < cover.last[1]; ++y)
      for (std::int64_t x = cover.first[2]; x < cover.last[2]; ++x)
        each(plane[(z * window.in[1] + y) * window.in[2] + x]);
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
