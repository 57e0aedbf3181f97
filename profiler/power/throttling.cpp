#include "profiler/power/throttling.hpp"

namespace ns {

ThrottleCounters::ThrottleCounters(SystemFiles files) : files_{std::move(files)} {
  for (const auto& core : files_.entries("sys/devices/system/cpu"))
    for (const auto* name : {"core_throttle_count", "package_throttle_count"})
      if (auto file = core + "/thermal_throttle/" + name; files_.exists(file))
        counters_.push_back(std::move(file));
  for (const auto& sensor : files_.entries("sys/class/hwmon"))
    for (const auto* name : {"oc1_event_cnt", "oc2_event_cnt", "oc3_event_cnt"})
      if (auto file = sensor + "/" + name; files_.exists(file)) counters_.push_back(std::move(file));
}

double ThrottleCounters::events() const {
  double sum = 0.0;
  for (const auto& counter : counters_) sum += files_.number(counter).value_or(0.0);
  return sum;
}

}  // namespace ns
