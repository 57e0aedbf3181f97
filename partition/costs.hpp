/// What each group of one net costs on one side: the file costs.json (ns.costs/1), written by ns-predict or
/// by hand.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "net/net.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Where a time comes from.
enum class Source { predicted, measured, given };

/// Layers that run as one kernel on this side.
struct GroupCost {
  std::vector<std::string> layers;  // names of the net's file
  Seconds time{};
  std::optional<Seconds> low;
  std::optional<Seconds> high;
  std::optional<Watts> power;        // of the device while it runs
  std::optional<Joules> energy_low;  // of power x time
  std::optional<Joules> energy_high;
  Source source = Source::given;
  bool modelled = true;  // false: a floor stands in for a model
  std::optional<Macs> macs;
  std::string note;  // of a prediction "MODEL" or "MODEL; WHY IT IS OUTSIDE WHAT WAS PROFILED"
};

/// What every tensor that crosses pays on this side, beside the link.
struct BorderCost {
  Seconds base{};
  double seconds_per_byte = 0.0;
  [[nodiscard]] Seconds of(Bytes size) const { return base + Seconds{seconds_per_byte * size.value()}; }
};

struct Costs {
  std::string net;
  std::string device;
  std::string predictor;  // path or hash; empty if the times were given
  Seconds overhead{};     // paid as soon as this side runs one group
  std::vector<GroupCost> groups;
  BorderCost export_border;  // a tensor leaves this side
  BorderCost import_border;
  std::optional<double> interval_factor;  // of the side's total: total / f .. total x f
  std::optional<double> energy_factor;    // of its energy, likewise
  double interval_level = 0.9;
  bool modelled_device = false;  // the device file scales times: no such device was measured
  std::optional<Watts> busy;     // of the whole device, where a group does not say; declared, not measured
  std::optional<Watts> idle;     // while it waits for link and server
  std::string power_source;      // "assumed", or where the watts come from
  std::vector<std::string> warnings;
};

/// Why a prediction is to be trusted less; empty for one inside what was profiled.
std::string_view outside_of(const GroupCost& group);

/// What part of a side's groups comes from models and measurements, not from floors.
struct Coverage {
  double time = 1.0;  // of the time of all groups
  double macs = 1.0;  // of the MACs of groups that state them
};
Coverage coverage_of(const Costs& costs);

/// "predicted", "measured", "given".
std::string_view to_string(Source source);

/// All times, factors of intervals aside, times `factor`.
void scale_times(Costs& costs, double factor);

/// Reads ns.costs/1. Errors name file and key.
Result<Costs> read_costs(const std::string& path);
/// The JSON text, two blanks of indent, and its inverse's input.
std::string print_json(const Costs& costs);

}  // namespace ns
