#include "kernels/resample.hpp"

#include <algorithm>
#include <cmath>

namespace ns {
namespace {

struct Axis {
  double in = 1.0;
  double out = 1.0;
  double scale = 1.0;
};

/// Where output element `x` stands in the input, as ONNX defines it.
double position(Resize::Coordinates coordinates, const Axis& axis, double x) {
  const auto half_pixel = (x + 0.5) / axis.scale - 0.5;
  switch (coordinates) {
    case Resize::Coordinates::half_pixel_symmetric: {
      const auto adjustment = axis.out / (axis.scale * axis.in);
      return axis.in / 2.0 * (1.0 - adjustment) + half_pixel;
    }
    case Resize::Coordinates::pytorch_half_pixel:
      return axis.out > 1.0 ? half_pixel : 0.0;
    case Resize::Coordinates::align_corners:
      return axis.out > 1.0 ? x * (axis.in - 1.0) / (axis.out - 1.0) : 0.0;
    case Resize::Coordinates::asymmetric:
      return x / axis.scale;
    case Resize::Coordinates::tf_half_pixel_for_nn:
      return (x + 0.5) / axis.scale;
    case Resize::Coordinates::half_pixel:
    case Resize::Coordinates::tf_crop_and_resize:
      return half_pixel;
  }
  return half_pixel;
}

double rounded(Resize::Rounding rounding, double x) {
  switch (rounding) {
    case Resize::Rounding::round_prefer_floor:
      return std::ceil(x - 0.5);
    case Resize::Rounding::round_prefer_ceil:
      return std::floor(x + 0.5);
    case Resize::Rounding::floor:
      return std::floor(x);
    case Resize::Rounding::ceil:
      return std::ceil(x);
  }
  return x;
}

/// Keys' cubic convolution (1981) with coefficient `a`.
double cubic(double a, double distance) {
  const auto x = std::abs(distance);
  if (x <= 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0;
  if (x < 2.0) return a * (((x - 5.0) * x + 8.0) * x - 4.0);
  return 0.0;
}

double kernel(const Resize& layer, double distance) {
  if (layer.mode == Resize::Mode::cubic) return cubic(layer.cubic, distance);
  return std::max(0.0, 1.0 - std::abs(distance));
}

/// Appends one output element's sources and weights.
void append(const Resize& layer, const Axis& axis, double shrink, double x, AxisTaps& made) {
  const auto base = std::floor(x);
  const auto before = made.taps / 2 - 1;
  const auto first = base - static_cast<double>(before);
  const auto start = made.weights.size();
  double sum = 0.0;
  for (std::int64_t tap = 0; tap < made.taps; ++tap) {
    const auto place = first + static_cast<double>(tap);
    const bool outside = place < 0.0 || place > axis.in - 1.0;
    const auto weight = layer.exclude_outside && outside ? 0.0 : kernel(layer, (place - x) * shrink);
    made.sources.push_back(static_cast<std::int64_t>(std::clamp(place, 0.0, axis.in - 1.0)));
    made.weights.push_back(weight);
    sum += weight;
  }
  if (sum == 0.0) return;
  for (auto i = start; i < made.weights.size(); ++i) made.weights[i] /= sum;
}

}  // namespace

bool AxisTaps::is_identity() const {
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto output = static_cast<std::int64_t>(i) / taps;
    if (weights[i] != (sources[i] == output ? 1.0 : 0.0)) return false;
  }
  return true;
}

AxisTaps taps_of(const Resize& layer, std::size_t axis, std::int64_t input) {
  const auto out = layer.extents[axis];
  Axis along{static_cast<double>(input), static_cast<double>(out), 1.0};
  along.scale = layer.scales.empty() ? along.out / along.in : layer.scales[axis];
  const bool nearest = layer.mode == Resize::Mode::nearest;
  const auto shrink = layer.antialias && !nearest ? std::min(1.0, along.scale) : 1.0;
  const auto reach = layer.mode == Resize::Mode::cubic ? 2.0 : 1.0;
  AxisTaps made;
  // No input element beyond the axis' own counts, so that a tiny scale does not make endless lists.
  made.taps =
      nearest ? 1 : 2 * static_cast<std::int64_t>(std::min(std::ceil(reach / shrink), along.in + reach));
  for (std::int64_t o = 0; o < out; ++o) {
    const auto x = position(layer.coordinates, along, static_cast<double>(o));
    if (nearest) {
      made.sources.push_back(
          static_cast<std::int64_t>(std::clamp(rounded(layer.rounding, x), 0.0, along.in - 1.0)));
      made.weights.push_back(1.0);
    } else {
      append(layer, along, shrink, x, made);
    }
  }
  return made;
}

}  // namespace ns
