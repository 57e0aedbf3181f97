/// A meter's log of a load whose true energy is known because the test made it, not the meter.
#pragma once

#include "core/random.hpp"
#include "profiler/power/trace.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace ns {

/// Power that is constant until `end`.
struct Level {
  Seconds end{};
  Watts power;
};

/// The load itself.
class Load {
 public:
  explicit Load(std::vector<Level> levels) : levels_{std::move(levels)} {}

  /// Of the levels, stretch by stretch.
  [[nodiscard]] Joules energy(Seconds begin, Seconds end) const {
    Joules sum;
    Seconds from{0};
    for (const auto& level : levels_) {
      const auto overlap = std::min(end, level.end) - std::max(begin, from);
      if (overlap > Seconds{0}) sum += level.power * overlap;
      from = level.end;
    }
    return sum;
  }
  [[nodiscard]] Watts mean(Seconds begin, Seconds end) const {
    return Watts{energy(begin, end).value() / (end - begin).count()};
  }
  [[nodiscard]] Seconds end() const { return levels_.back().end; }

 private:
  std::vector<Level> levels_;
};

/// Idles at 2 W, works at 10 W from 3 s to 8 s, idles until 11 s.
inline Load burst() {
  return Load{{{Seconds{3}, Watts{2}}, {Seconds{8}, Watts{10}}, {Seconds{11}, Watts{2}}}};
}

/// Every `period` a sensor's mean over `window`; `keep` says which readings arrive.
inline Trace power_log(
    const Load& load, Seconds period, Seconds window, double noise, Rail rail,
    const std::function<bool(Seconds)>& keep = [](Seconds) { return true; }) {
  Random random{7, "log"};
  rail.period = period;
  Trace trace{std::move(rail)};
  for (Seconds time = period; time <= load.end(); time += period) {
    const auto factor = 1.0 + noise * (2.0 * random.fraction() - 1.0);
    const auto power = factor * load.mean(std::max(Seconds{0}, time - window), time);
    if (keep(time)) trace.add(Reading{time, power});
  }
  return trace;
}

}  // namespace ns
