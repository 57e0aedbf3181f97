/// How near a layer is to the nearest one that was profiled.
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace ns {

/// The profiled layers of one type as points of standardised features, in steps of 1/32 of a standard
/// deviation, which is finer than any sweep and short in a file.
class Neighbours {
 public:
  static constexpr double steps = 32.0;

  struct Axis {
    std::string feature;
    double center = 0.0;
    double scale = 1.0;  // the standard deviation; above 0
  };

  Neighbours() = default;
  /// `points` holds one step count per axis, point after point. bad_input unless they fit together.
  static Result<Neighbours> from_points(std::vector<Axis> axes, std::span<const double> points, double limit);
  /// Standardises `rows` (values of `features` each); leaves out features that never vary. The limit is the
  /// 99th percentile of the distance from each row to its nearest other.
  static Neighbours of(std::span<const std::string> features, const std::vector<std::vector<double>>& rows);

  [[nodiscard]] const std::vector<Axis>& axes() const { return axes_; }
  [[nodiscard]] const std::vector<std::int16_t>& points() const { return points_; }
  [[nodiscard]] double limit() const { return limit_; }

  /// Whether some profiled layer is within the limit. `values` are the features named by axes().
  [[nodiscard]] bool near(std::span<const double> values) const;

 private:
  [[nodiscard]] std::vector<std::int16_t> place(std::span<const double> values) const;
  /// The squared distance in steps from `place` to the nearest point but `skip`, or the first one found that
  /// is at most `enough`.
  [[nodiscard]] std::int64_t nearest(std::span<const std::int16_t> place, std::int64_t enough,
                                     std::size_t skip = std::numeric_limits<std::size_t>::max()) const;

  std::vector<Axis> axes_;
  std::vector<std::int16_t> points_;
  double limit_ = 0.0;  // in standard deviations
};

}  // namespace ns
