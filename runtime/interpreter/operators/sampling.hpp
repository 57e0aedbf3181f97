/// Images read between their pixels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ns {

/// A pixel of one axis and what it counts.
struct Tap {
  std::int64_t place = 0;
  double weight = 0.0;
};
using Taps = std::vector<Tap>;

/// The two pixels around `x`; those outside are left out, as if they were 0.
Taps linear_taps(double x, std::int64_t extent);

/// The sum over one pixel of each axis, weighed by the product of what they count.
double sample(std::span<const double> image, std::span<const std::int64_t> extents,
              std::span<const Taps> axes);

}  // namespace ns
