/// How far a cut's values may be off, and whether that leaves open which of two cuts is better.
///
/// Within one side the error is common to all its layers: the side's time lies in t / f to t x f. The two
/// sides' errors are independent, so the half-widths of their parts add as root of sum of squares. The
/// device's energy has a factor of its own where its power was measured. Link times and declared powers are
/// taken as given.
#pragma once

#include "partition/costs.hpp"
#include "partition/scenario.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ns {

/// The factor f of one side: of its predictor's interval for nets, else what low and high of all its groups
/// add up to; nothing if neither is known.
std::optional<double> interval_factor(const Costs& costs);

/// The factor of the device's energy while it works: of its predictor's interval for nets, else what the
/// energies of all groups add up to; where none has an interval, that of its time.
std::optional<double> energy_factor(const Costs& costs);

struct IntervalFactors {
  std::optional<double> device{};
  std::optional<double> server{};
  std::optional<double> device_energy{};
};

template <class Quantity>
struct Range {
  Quantity low{};
  Quantity high{};
};

/// Nothing where a side that takes part has no factor.
std::optional<Range<Seconds>> latency_range(const Figures& figures, const IntervalFactors& factors);
std::optional<Range<Joules>> energy_range(const Figures& figures, const IntervalFactors& factors);

/// Whether the interval of the difference of the objective's values includes 0. Judged on the parts that
/// differ; without factors only equal values are too close.
bool too_close(const Scenario& scenario, const Figures& best, const Figures& other,
               const IntervalFactors& factors);

}  // namespace ns
