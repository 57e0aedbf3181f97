/// How long to measure one kernel, and what its samples say: the policy between a Timed and a Timing.
#pragma once

#include "core/units.hpp"
#include "kernels/backend.hpp"
#include "profiler/clock.hpp"
#include "profiler/profile.hpp"

#include <string>
#include <vector>

namespace ns {

/// When to stop.
struct MeasurePolicy {
  Seconds limit{0.25};      // per kernel, evicting included; long kernels get `fewest` samples anyway
  std::size_t fewest = 3;   // samples, however long one takes
  std::size_t enough = 10;  // before the target counts
  std::size_t most = 400;   // however noisy
  double target = 0.02;     // relative standard error of the median
  std::size_t stable_after =
      64;  // noise estimates, the last of which must agree to count as "noisy but stable"
};

/// Whether the weights leave the caches before each run (a net that waited between queries) or not.
enum class Caches { cold, warm };

/// Runs `kernel` until the policy says enough. Warm-up runs are not kept: at least two (one if it takes the
/// whole limit), more while each is a fifth faster than the one before, at most eight. `pause` passes before
/// each run.
Timing measure(Timed& kernel, Caches caches, const MeasurePolicy& policy, const Clock& clock,
               Seconds pause = Seconds{0});

/// Fills in median, notes and whether it is settled from `samples` and `disturbed` alone; `on_target`: the
/// policy's noise target was met.
void summarise(Timing& timing, bool on_target);

/// Standard error of the median, from the interquartile range as for a normal distribution (1.2533 x IQR /
/// 1.349 / sqrt(n)), over the median; infinite for fewer than two values. Spikes hardly move it.
double relative_error_of_median(const std::vector<double>& values);

/// What the shape of the samples says against their median: "drift +30 %", "bimodal: 15 ms and 60 ms",
/// "spikes: 99th percentile 70 ms". Empty for fewer than ten values.
std::vector<std::string> shape_notes(const std::vector<double>& seconds);

}  // namespace ns
