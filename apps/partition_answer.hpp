/// All that ns-partition says about one net: the best cut, what it was weighed against, and how sure that is.
#pragma once

#include "net/net.hpp"
#include "partition/alternatives.hpp"
#include "partition/costs.hpp"
#include "partition/cut.hpp"
#include "partition/interval.hpp"
#include "partition/scenario.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ns {

struct Answer {
  const Net* net = nullptr;
  const Costs* device = nullptr;
  const Costs* server = nullptr;
  const Scenario* scenario = nullptr;
  Cut best;
  std::optional<RunnerUp> runner_up;
  bool too_close = false;      // to tell best and runner-up apart
  std::optional<double> gain;  // share of the value that splitting saves over the better side alone
  std::optional<Cut> device_only;
  std::optional<Cut> server_only;
  std::vector<PrefixCut> prefixes;
  std::vector<Threshold> thresholds;
  IntervalFactors factors;
  double interval_level = 0.9;
  bool alone = false;  // only the device was named, and all stays there
  std::vector<std::string> warnings;
  std::vector<std::string> unknown;  // why values are null
};

/// A range of uplinks.
struct Sweep {
  BytesPerSecond low;
  BytesPerSecond high;
};

/// `sweep`: where thresholds are wanted. All that is passed must outlive the answer.
Answer answer(const Net& net, const Costs& device, const Costs& server, const Scenario& scenario,
              const std::optional<Sweep>& sweep, double interval_level);

/// Sentence, breakdown, and a table of the best `top` cuts.
std::string partition_text(const Answer& answer, std::size_t top);
/// ns.cut/1. `top`: how many cuts, best first; without it all in the order of the net.
std::string partition_json(const Answer& answer, std::optional<std::size_t> top);
/// The cuts, one a line.
std::string partition_csv(const Answer& answer, std::optional<std::size_t> top);

/// The cuts to show: all in order, or the best ones, best first.
std::vector<const PrefixCut*> shown_cuts(const Answer& answer, std::optional<std::size_t> top);
/// "phone (scaled)".
std::string plain_name(const Costs& costs);
/// The same with its role, "the device server", where a device is named "server" or both sides alike.
std::string side_name(const Answer& answer, Place place);
/// What a prefix cut is called: null as "server", the last as "device".
std::string prefix_label(const Answer& answer, const PrefixCut& cut);

}  // namespace ns
