/// From recorded traces to a power with its interval: the arithmetic of a power row.
#pragma once

#include "profiler/power/meter.hpp"
#include "profiler/power_row.hpp"

#include <span>
#include <vector>

namespace ns {

/// Runs of a kernel one after another.
struct RunBlock {
  Seconds begin{};
  Seconds end{};
  Seconds busy{};  // time in runs; less than end - begin where pauses stand between
};

/// When what happened in a recording.
struct PowerSchedule {
  RunBlock idle_before;
  RunBlock idle_after;
  std::vector<RunBlock> blocks;
};

/// How long before and after a block a meter must be heard to have all of its energy.
Seconds lead_of(const MeterFacts& facts);
Seconds tail_of(const MeterFacts& facts);

/// What the traces of one meter say. Without a power where less than two blocks could be told.
MeterPower estimate_power(const MeterFacts& facts, const std::vector<Trace>& traces,
                          const PowerSchedule& schedule);

/// The 95th percentile of Student's t: of `degrees` 1 to 7, two-sided 90 %.
double student_95(std::size_t degrees);

}  // namespace ns
