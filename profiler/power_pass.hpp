/// A device and its meters: what layers and nets draw while they run again and again.
///
/// One row: idling; warming up until the power holds still; blocks of runs with idling between, each begun at
/// another phase of the sensor's period; idling. A block's energy is that of the span from a period before it
/// to a window and two periods behind it, less the idling therein; idle power between the two idle times is
/// taken to change steadily.
#pragma once

#include "kernels/backend.hpp"
#include "profiler/power/meter.hpp"
#include "profiler/power/throttling.hpp"
#include "profiler/profile.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ns {

struct PowerPolicy {
  Seconds busy{5.0};          // of all blocks together, longer for slow meters
  std::size_t blocks = 8;     // at least 2, at most 8
  std::size_t distinct = 20;  // new readings while the kernel runs
  Seconds idle{1.0};          // before and after, longer for slow meters
  double target = 0.1;        // half width of a settled interval, as a share of the power
};

/// How long a row takes on these meters, warming up included.
Seconds row_time(const PowerPolicy& policy, const std::vector<std::unique_ptr<Meter>>& meters);

class PowerPass {
 public:
  /// Precondition: at least one meter; all have the same clock. Backend outlives the pass.
  PowerPass(Backend& backend, std::vector<std::unique_ptr<Meter>> meters, ThrottleCounters throttling,
            std::uint64_t seed, PowerPolicy policy);

  PowerRow layer(const LayerConfig& layer, const std::string& origin);
  /// A folded net, `pause` passing before each run.
  PowerRow net(const Net& net, Seconds pause);

  [[nodiscard]] Clock clock() const { return clock_; }
  [[nodiscard]] const PowerPolicy& policy() const { return policy_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Meter>>& meters() const { return meters_; }

 private:
  void measure(Plan& plan, PowerRow& row);
  /// Finds the clocks of meters that have their own, once.
  Result<void> synchronise(Plan& plan);

  Backend* backend_;
  std::vector<std::unique_ptr<Meter>> meters_;
  ThrottleCounters throttling_;
  std::uint64_t seed_;
  PowerPolicy policy_;
  Clock clock_;
  bool synchronised_ = false;
};

}  // namespace ns
