/// A device on the test bench: turns a layer, a net, a copy or a pause into a row of the profile. What goes
/// wrong with one becomes the row's status; nothing ends a sweep.
#pragma once

#include "kernels/backend.hpp"
#include "profiler/measure.hpp"
#include "profiler/profile.hpp"
#include "profiler/verify.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace ns {

class Bench {
 public:
  /// Without `reference` nothing is verified. Precondition: both outlive the bench.
  Bench(Backend& backend, Backend* reference, std::uint64_t seed, MeasurePolicy policy, Clock clock);

  /// The layer alone: verified, then timed with its weights evicted before each run.
  LayerRow layer(const LayerConfig& layer, const std::string& origin);
  /// A folded net: cold, warm, and its groups in place.
  NetRow net(const Net& net);
  BoundaryRow boundary(const TensorType& type, Direction direction);
  /// Work that does nothing.
  LaunchRow launch(LaunchClock clock);
  /// The net after `pause`. Power is unknown: there is no meter yet.
  IdleRow idle(const Net& net, Seconds pause);

  [[nodiscard]] const Clock& clock() const { return clock_; }

 private:
  /// The plan of `net`; kept, so that its rows after pauses need not prepare it again.
  Result<Plan*> plan_of(const Net& net);
  void time_groups(Plan& plan, NetRow& row) const;

  Backend* backend_;
  std::optional<Verifier> verifier_;
  std::uint64_t seed_;
  MeasurePolicy policy_;
  Clock clock_;
  std::string planned_;  // hash of the net that plan_ runs
  std::vector<Group> groups_;
  std::unique_ptr<Plan> plan_;
};

}  // namespace ns
