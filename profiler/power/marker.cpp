#include "profiler/power/marker.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace ns {
namespace {

struct Contrast {
  double difference = -1.0;  // of mean powers, in watts
  double noise = 0.0;        // its standard error
};

/// Power under load and besides, if the log is shifted by `offset`.
Contrast contrast(std::span<const Reading> log, std::span<const Busy> load, Seconds offset) {
  std::array<double, 2> sum{};
  std::array<double, 2> squares{};
  std::array<double, 2> count{};
  for (const auto& reading : log) {
    const auto time = reading.time + offset;
    const bool busy =
        std::ranges::any_of(load, [&](const Busy& span) { return time > span.begin && time <= span.end; });
    const auto power = std::get<Watts>(reading.value).value();
    sum[busy ? 1 : 0] += power;
    squares[busy ? 1 : 0] += power * power;
    count[busy ? 1 : 0] += 1.0;
  }
  if (count[0] < 3.0 || count[1] < 3.0) return {};
  Contrast found{sum[1] / count[1] - sum[0] / count[0], 0.0};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto mean = sum[i] / count[i];
    found.noise += std::max(0.0, squares[i] / count[i] - mean * mean) / count[i];
  }
  found.noise = std::sqrt(found.noise);
  return found;
}

/// The middle of the best shifts between `first` and `last`: readings are points, so several are as good.
std::pair<Seconds, Contrast> best_shift(std::span<const Reading> log, std::span<const Busy> load,
                                        Seconds first, Seconds last, Seconds step) {
  Contrast best;
  Seconds begin{first};
  Seconds end{first};
  for (auto offset = first; offset <= last; offset += step) {
    const auto found = contrast(log, load, offset);
    if (found.difference > best.difference + 1e-9) {
      best = found;
      begin = offset;
    }
    if (found.difference > best.difference - 1e-9) end = offset;
  }
  return {0.5 * (begin + end), best};
}

}  // namespace

Result<Seconds> find_offset(std::span<const Reading> log, std::span<const Busy> load) {
  constexpr std::size_t least = 20;
  constexpr double most_steps = 4000.0;
  constexpr double clear = 5.0;  // standard errors
  if (log.size() < least || load.empty())
    return failure(Errc::io, fmt::format("only {} readings came while the marker ran", log.size()));
  const auto length = log.back().time - log.front().time;
  const auto period = length / static_cast<double>(log.size() - 1);
  const auto first = load.front().begin - log.back().time;
  const auto last = load.back().end - log.front().time;
  const auto coarse = std::max(0.1 * period, (last - first) / most_steps);
  auto [offset, found] = best_shift(log, load, first, last, coarse);
  if (coarse > 0.1 * period)
    std::tie(offset, found) =
        best_shift(log, load, offset - 2.0 * coarse, offset + 2.0 * coarse, 0.1 * period);
  if (found.difference > clear * found.noise) return offset;
  return failure(Errc::io, "the load of the marker does not show in the log");
}

}  // namespace ns
