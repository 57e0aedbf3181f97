/// What is good and what is bad about measuring here: one finding per fact, each bad one with its remedy.
#pragma once

#include "core/units.hpp"
#include "profiler/measure.hpp"
#include "profiler/system_files.hpp"

#include <string>
#include <vector>

namespace ns {

struct Finding {
  std::string subject;  // "clock governor"
  std::string fact;     // "powersave"
  bool good = true;
  std::string remedy;  // empty if good
};

/// From /proc and /sys alone: governor and clock, other load, steal, caches, memory, instruction sets, power
/// sensors, permissions, huge pages.
std::vector<Finding> examine_system(const SystemFiles& system);

/// Resolution and cost of `now`, and of the thread's processor-time clock, on this machine.
std::vector<Finding> examine_clocks();

/// Every power meter below `system`: its rails and what they draw now, or why it is not available. Never 0 W
/// for what is not known.
std::vector<Finding> examine_power(const SystemFiles& system);

/// Clocks of GPUs and boards that move, with the commands that would fix them; none is run.
std::vector<Finding> examine_moving_clocks(const SystemFiles& system);

/// Whether somebody else computes on this core, from probes spread over 200 ms (CorePace).
Finding examine_core();
Finding judge_core(int crowded, int probes);

/// How much 50 runs of one kernel differ.
Finding examine_noise(Timed& kernel);
Finding judge_noise(const Timing& timing);

}  // namespace ns
