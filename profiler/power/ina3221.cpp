// INA3221: the sensor of NVIDIA's Jetson boards up to Orin. Two drivers show it: hwmon since kernel 5.10
// (JetPack 5), in mV and mA, and before that ina3221x by IIO, in mW. Folders are numbered anew at each boot:
// rails are known by their labels alone.
#include "profiler/power/openers.hpp"
#include "profiler/power/sensor.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

constexpr double milli = 1e-3;
/// One round over three channels at the driver's own conversion time: some 77 new values a second.
constexpr Seconds usual_period{0.013};

/// in1..in3 and curr1..curr3; in7, the sum of shunts, is no rail.
void find_hwmon(const SystemFiles& files, const std::string& folder, std::vector<SensorRail>& rails) {
  for (int channel = 1; channel <= 3; ++channel)
    if (const auto label = files.read(fmt::format("{}/in{}_label", folder, channel));
        label && !label->empty())
      rails.push_back(SensorRail{
          *label,
          {fmt::format("{}/in{}_input", folder, channel), fmt::format("{}/curr{}_input", folder, channel)},
          milli * milli});
}

void find_iio(const SystemFiles& files, const std::string& folder, std::vector<SensorRail>& rails) {
  for (int channel = 0; channel <= 2; ++channel)
    if (const auto label = files.read(fmt::format("{}/rail_name_{}", folder, channel));
        label && !label->empty())
      rails.push_back(SensorRail{*label, {fmt::format("{}/in_power{}_input", folder, channel)}, milli});
}

}  // namespace

OpenedMeter open_ina3221(std::string_view argument, const MeterDoors& doors) {
  MeterFacts facts{.name = "ina3221", .period = usual_period};
  std::vector<SensorRail> rails;
  for (const auto& chip : doors.files.entries("sys/bus/i2c/drivers/ina3221")) {
    for (const auto& folder : doors.files.entries(chip + "/hwmon")) {
      find_hwmon(doors.files, folder, rails);
      if (const auto interval = doors.files.number(folder + "/update_interval"))
        facts.period = std::max(facts.period, milli * Seconds{*interval});
    }
  }
  for (const auto& chip : doors.files.entries("sys/bus/i2c/drivers/ina3221x"))
    for (const auto& folder : doors.files.entries(chip))
      if (folder.find("/iio") != std::string::npos) find_iio(doors.files, folder, rails);
  facts.window = facts.period;
  facts.ask_every = 0.5 * facts.period;
  return open_rails(std::move(facts), rails, argument, doors);
}

}  // namespace ns
