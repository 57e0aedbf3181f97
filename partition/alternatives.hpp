/// What else one could do: every cut between one block and the next, the runner-up, and the bandwidths at
/// which another cut becomes the best.
#pragma once

#include "core/units.hpp"
#include "net/net.hpp"
#include "partition/cut.hpp"
#include "partition/scenario.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ns {

/// The first blocks, in the order in which they run, on the device and the rest on the server.
struct PrefixCut {
  std::size_t blocks = 0;        // on the device
  std::size_t layers = 0;        // likewise
  std::optional<LayerId> after;  // the last of them
  Tally tally;
  Figures figures;
  double value = 0.0;
};

/// All that the pins allow, all on the server first. Time and memory are linear in the net.
std::vector<PrefixCut> prefix_cuts(const Scenario& scenario);

struct RunnerUp {
  Cut cut;
  bool proven = false;  // no cut but the best is better; else the best prefix cut
};

struct RunnerUpLimits {
  std::size_t blocks = 500;
  std::chrono::milliseconds time{50};
};

/// The best of all cuts that differ from `best` in a block that runs: for each such block, the minimum cut
/// with that block on the other side. Above the limits the best prefix cut instead. Nothing if pins leave no
/// other cut.
std::optional<RunnerUp> runner_up(const Scenario& scenario, const Cut& best,
                                  const std::vector<PrefixCut>& prefixes, const RunnerUpLimits& limits = {});

/// Where, with rising bandwidth, one best cut gives way to another.
struct Threshold {
  BytesPerSecond uplink;  // the downlink keeps its proportion to it
  Cut from;               // best below
  Cut to;                 // best above
};

/// All between `low` and `high`, ascending: the lower envelope of the cuts' values, which are linear in 1 /
/// bandwidth.
std::vector<Threshold> thresholds(const Scenario& scenario, BytesPerSecond low, BytesPerSecond high);

/// `scenario` on a link of another uplink and a downlink in proportion.
void set_uplink(Scenario& scenario, BytesPerSecond uplink);

}  // namespace ns
