#include "profiler/power/marker.hpp"

#include "core/random.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace ns {
namespace {

/// The load of the marker from 100 s on, its unit being `unit`.
std::vector<Busy> marker(Seconds unit) {
  std::vector<Busy> load;
  Seconds now{100};
  for (std::size_t i = 0; i < marker_pattern.size(); ++i) {
    const auto end = now + marker_pattern.at(i) * unit;
    if (i % 2 == 0) load.push_back(Busy{now, end});
    now = end;
  }
  return load;
}

/// What a meter whose clock is behind by `offset` logs of it, one reading each `period`.
std::vector<Reading> log_of(const std::vector<Busy>& load, Seconds period, Seconds offset, double noise) {
  Random random{5, "marker"};
  std::vector<Reading> log;
  for (Seconds time{95.0 + 0.3 * period.count()}; time < load.back().end + Seconds{5}; time += period) {
    const bool busy =
        std::ranges::any_of(load, [&](const Busy& span) { return time > span.begin && time <= span.end; });
    log.push_back(Reading{time - offset, Watts{(busy ? 8.0 : 3.0) + noise * (random.fraction() - 0.5)}});
  }
  return log;
}

TEST(Marker, FindsTheClockOfALog) {
  for (const Seconds period : {Seconds{1.0}, Seconds{0.1}, Seconds{0.001}}) {
    for (const Seconds offset : {Seconds{0.0}, Seconds{-3.7}, Seconds{1.69e9}}) {
      const auto load = marker(std::max(period, Seconds{0.25}));
      const auto found = find_offset(log_of(load, period, offset, 1.0), load);
      ASSERT_TRUE(found) << found.error().message;
      EXPECT_NEAR(found->count(), offset.count(), 0.6 * period.count() + 1e-3) << period.count();
    }
  }
}

TEST(Marker, SaysThatNoLoadShows) {
  const auto load = marker(Seconds{0.5});
  auto log = log_of(load, Seconds{0.1}, Seconds{0}, 0.0);
  Random random{2, "flat"};
  for (auto& reading : log) reading.value = Watts{3.0 + random.fraction()};
  EXPECT_FALSE(find_offset(log, load));
  EXPECT_FALSE(find_offset({}, load));
}

}  // namespace
}  // namespace ns
