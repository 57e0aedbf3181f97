#include "core/quantity.hpp"
#include "core/statistics.hpp"
#include "profiler/measure.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <span>

namespace ns {
namespace {

struct Line {
  double change;     // of the fitted line over all runs, over its start
  double explained;  // share of the variance
};

/// Least squares over the order in which the samples were taken.
Line trend(const std::vector<double>& values) {
  const auto count = static_cast<double>(values.size());
  const auto center = mean(values);
  const auto middle = (count - 1.0) / 2.0;
  double cross = 0.0;
  double along = 0.0;
  double total = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto x = static_cast<double>(i) - middle;
    const auto y = values[i] - center;
    cross += x * y;
    along += x * x;
    total += y * y;
  }
  if (total <= 0.0) return Line{0.0, 0.0};
  const auto slope = cross / along;
  const auto start = center - slope * middle;
  return Line{start > 0.0 ? slope * (count - 1.0) / start : 0.0, cross * cross / along / total};
}

/// The two medians of samples that come in two clusters (a governor that switches), if they do: Otsu's split
/// explains nine tenths of the variance, which no single bell or ramp reaches, and each side holds a fifth.
std::optional<std::pair<double, double>> two_modes(std::vector<double> values) {
  constexpr double explained = 0.9;
  constexpr double apart = 1.15;
  std::ranges::sort(values);
  const auto count = values.size();
  const auto center = mean(values);
  double total = 0.0;
  for (const auto value : values) total += (value - center) * (value - center);
  if (total <= 0.0) return std::nullopt;

  double best = 0.0;
  std::size_t split = 0;
  double below = 0.0;
  const auto sum = center * static_cast<double>(count);
  for (std::size_t left = 1; left < count; ++left) {
    below += values[left - 1];
    if (left * 5 < count || (count - left) * 5 < count) continue;
    const auto a = static_cast<double>(left);
    const auto b = static_cast<double>(count - left);
    const auto distance = (sum - below) / b - below / a;
    const auto between = a * b / static_cast<double>(count) * distance * distance;
    if (between > best) {
      best = between;
      split = left;
    }
  }
  if (best < explained * total) return std::nullopt;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(split);
  const auto low = median({values.begin(), at});
  const auto high = median({at, values.end()});
  if (low <= 0.0 || high < apart * low) return std::nullopt;
  return std::pair{low, high};
}

}  // namespace

std::vector<std::string> shape_notes(const std::vector<double>& seconds) {
  constexpr std::size_t fewest = 10;
  constexpr double least_drift = 0.05;
  constexpr double least_explained = 0.7;
  constexpr double least_spike = 1.5;
  constexpr std::size_t fewest_for_a_tail = 50;
  std::vector<std::string> notes;
  if (seconds.size() < fewest) return notes;
  const auto line = trend(seconds);
  if (std::abs(line.change) >= least_drift && line.explained >= least_explained)
    notes.push_back(fmt::format("drift {:+.0f} %", 100.0 * line.change));
  if (const auto modes = two_modes(seconds)) {
    notes.push_back(
        fmt::format("bimodal: {} and {}", print(Seconds{modes->first}), print(Seconds{modes->second})));
    return notes;
  }
  if (seconds.size() < fewest_for_a_tail) return notes;
  const auto tail = percentile(seconds, 0.99);
  if (tail > least_spike * median(seconds))
    notes.push_back(fmt::format("spikes: 99th percentile {}", print(Seconds{tail})));
  return notes;
}

}  // namespace ns
