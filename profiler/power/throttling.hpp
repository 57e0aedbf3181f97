/// Whether heat or currents held the processor's clocks down: counters of such events in sysfs.
#pragma once

#include "profiler/system_files.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ns {

class ThrottleCounters {
 public:
  /// Those that `files` has: of x86 cores (thermal_throttle) and of Jetson boards (over-current events).
  explicit ThrottleCounters(SystemFiles files);
  /// All events so far; 0 where nothing counts them.
  [[nodiscard]] double events() const;

 private:
  SystemFiles files_;
  std::vector<std::string> counters_;
};

}  // namespace ns
