#include "regression/neighbours.hpp"

#include "core/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace ns {
namespace {

/// 1,000 standard deviations: beyond it, far is far.
constexpr double most_steps = 32000.0;

std::int64_t squared_distance(const std::int16_t* a, const std::int16_t* b, std::size_t axes,
                              std::int64_t enough) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < axes && sum <= enough; ++i) {
    const std::int64_t step = a[i] - b[i];
    sum += step * step;
  }
  return sum;
}

}  // namespace

Result<Neighbours> Neighbours::from_points(std::vector<Axis> axes, std::span<const double> points,
                                           double limit) {
  if (axes.empty() ? !points.empty() : points.size() % axes.size() != 0)
    return bad_input("'points' must hold one number per axis and point");
  Neighbours made;
  made.points_.reserve(points.size());
  for (const auto point : points) {
    if (!(std::abs(point) <= most_steps)) return bad_input("'points' holds a number out of range");
    made.points_.push_back(static_cast<std::int16_t>(point));
  }
  for (const auto& axis : axes)
    if (!(axis.scale > 0.0)) return bad_input("an axis needs a scale above 0");
  if (!(limit >= 0.0)) return bad_input("'limit' must not be negative");
  made.axes_ = std::move(axes);
  made.limit_ = limit;
  return made;
}

Neighbours Neighbours::of(std::span<const std::string> features,
                          const std::vector<std::vector<double>>& rows) {
  Neighbours made;
  std::vector<std::size_t> columns;
  for (std::size_t column = 0; column < features.size(); ++column) {
    std::vector<double> values;
    for (const auto& row : rows) values.push_back(row[column]);
    const auto center = mean(values);
    double squares = 0.0;
    for (const auto value : values) squares += (value - center) * (value - center);
    const auto scale = std::sqrt(squares / static_cast<double>(values.size()));
    if (!(scale > 1e-9)) continue;
    columns.push_back(column);
    made.axes_.push_back(Axis{features[column], center, scale});
  }
  for (const auto& row : rows) {
    std::vector<double> values;
    for (const auto column : columns) values.push_back(row[column]);
    const auto place = made.place(values);
    made.points_.insert(made.points_.end(), place.begin(), place.end());
  }
  const auto axes = made.axes_.size();
  if (axes == 0 || rows.size() < 2) return made;
  std::vector<double> distances;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto squared = made.nearest(std::span{made.points_}.subspan(i * axes, axes), 0, i);
    distances.push_back(std::sqrt(static_cast<double>(squared)) / steps);
  }
  made.limit_ = percentile(std::move(distances), 0.99);
  return made;
}

std::vector<std::int16_t> Neighbours::place(std::span<const double> values) const {
  std::vector<std::int16_t> place(axes_.size());
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    const auto standardised = (values[i] - axes_[i].center) / axes_[i].scale * steps;
    place[i] = static_cast<std::int16_t>(std::lround(std::clamp(standardised, -most_steps, most_steps)));
  }
  return place;
}

std::int64_t Neighbours::nearest(std::span<const std::int16_t> place, std::int64_t enough,
                                 std::size_t skip) const {
  const auto axes = axes_.size();
  auto least = std::numeric_limits<std::int64_t>::max();
  for (std::size_t point = 0; point * axes < points_.size() && least > enough; ++point) {
    if (point == skip) continue;
    least = std::min(least, squared_distance(place.data(), points_.data() + point * axes, axes, least));
  }
  return least;
}

bool Neighbours::near(std::span<const double> values) const {
  if (axes_.empty()) return true;
  // One step of slack per axis: a profiled layer itself must count as near after rounding.
  const auto limit = limit_ * steps + 1.0;
  const auto enough = static_cast<std::int64_t>(limit * limit);
  return nearest(place(values), enough) <= enough;
}

}  // namespace ns
