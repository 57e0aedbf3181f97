// INA238: the sensor of a Jetson AGX Thor's carrier, by hwmon, whose power is in microwatts.
#include "profiler/power/openers.hpp"
#include "profiler/power/sensor.hpp"

#include <algorithm>

namespace ns {
namespace {

constexpr double micro = 1e-6;
constexpr Seconds usual_period{0.05};

}  // namespace

OpenedMeter open_ina238(std::string_view argument, const MeterDoors& doors) {
  MeterFacts facts{.name = "ina238", .period = usual_period, .window = usual_period};
  facts.ask_every = 0.5 * usual_period;
  std::vector<SensorRail> rails;
  for (const auto& chip : doors.files.entries("sys/bus/i2c/drivers/ina238")) {
    for (const auto& folder : doors.files.entries(chip + "/hwmon")) {
      const auto power = folder + "/power1_input";
      if (!doors.files.exists(power)) continue;
      auto label = doors.files.read(folder + "/in1_label");
      if (!label) label = doors.files.read(folder + "/label");
      rails.push_back(SensorRail{label.value_or("VIN"), {power}, micro});
    }
  }
  return open_rails(std::move(facts), rails, argument, doors);
}

}  // namespace ns
