/// What ns-predict tells of a net's costs, as people and spreadsheets read it.
#pragma once

#include "partition/costs.hpp"

#include <string>

namespace ns {

/// Sums over a net's groups.
struct PredictedTotal {
  Seconds time{};
  std::optional<Seconds> low;
  std::optional<Seconds> high;
  std::optional<Joules> energy;  // of the device, at the mean power of its groups; if that of all is known
  std::optional<Joules> energy_low;
  std::optional<Joules> energy_high;
};
PredictedTotal total_of(const Costs& costs);

/// The total first, then the groups, then what lies outside of what was profiled.
std::string predict_table(const Costs& costs);
std::string predict_csv(const Costs& costs);

}  // namespace ns
