/// The openers behind the table of meters: one per file. `argument` is what stands behind the colon.
#pragma once

#include "profiler/power/meter.hpp"

#include <string_view>

namespace ns {

OpenedMeter open_nvml(std::string_view argument, const MeterDoors& doors);
OpenedMeter open_ina3221(std::string_view argument, const MeterDoors& doors);
OpenedMeter open_ina238(std::string_view argument, const MeterDoors& doors);
OpenedMeter open_powercap(std::string_view argument, const MeterDoors& doors);
OpenedMeter open_perf(std::string_view argument, const MeterDoors& doors);
OpenedMeter open_battery(std::string_view argument, const MeterDoors& doors);
OpenedMeter open_exec(std::string_view argument, const MeterDoors& doors);
OpenedMeter open_csv(std::string_view argument, const MeterDoors& doors);
OpenedMeter open_fake_meter(std::string_view argument, const MeterDoors& doors);

}  // namespace ns
