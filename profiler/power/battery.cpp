// The fuel gauge of a phone's or laptop's battery (power_supply of sysfs): the power of the whole device, as
// long as it runs from the battery.
#include "profiler/power/openers.hpp"
#include "profiler/power/sensor.hpp"

#include <cmath>
#include <fmt/format.h>

namespace ns {
namespace {

constexpr double micro = 1e-6;
constexpr Seconds usual_period{1.0};  // gauges have a new value every 0.25 to 10 s

/// power_now in uW, or voltage and current in uV and uA.
SensorRail rail_of(const SystemFiles& files, const std::string& folder, std::string label) {
  if (files.exists(folder + "/power_now")) return {std::move(label), {folder + "/power_now"}, micro};
  return {std::move(label), {folder + "/voltage_now", folder + "/current_now"}, micro * micro};
}

/// The batteries, or the one that is called `wanted`.
std::vector<std::string> batteries(const SystemFiles& files, std::string_view wanted) {
  std::vector<std::string> folders;
  for (const auto& folder : files.entries("sys/class/power_supply")) {
    const auto name = folder.substr(folder.rfind('/') + 1);
    if (files.read(folder + "/type") == "Battery" && (wanted.empty() || wanted == name))
      folders.push_back(folder);
  }
  return folders;
}

}  // namespace

OpenedMeter open_battery(std::string_view argument, const MeterDoors& doors) {
  const auto& files = doors.files;
  const auto found = batteries(files, argument);
  if (found.empty())
    return failure(Errc::no_device, fmt::format("battery: no battery{}{} in {}", argument.empty() ? "" : " ",
                                                argument, files.place("sys/class/power_supply")));
  const auto& folder = found.front();
  const auto name = folder.substr(folder.rfind('/') + 1);
  if (const auto status = files.read(folder + "/status"); status && *status != "Discharging")
    return failure(
        Errc::no_device,
        fmt::format("battery: {} is not discharging ({}), so its gauge does not show what the device "
                    "takes; unplug the charger",
                    name, *status));
  const auto rail = rail_of(files, folder, name);
  if (auto power = power_of(files, rail); !power) {
    auto error = power.error();
    for (const auto& file : rail.files)
      if (files.access(file) == Access::denied) error.message += reading_remedy(files.place(file));
    return tl::unexpected{std::move(error).within("battery")};
  }
  MeterFacts facts{
      .name = "battery",
      .total = name,
      .note = "the whole device, screen and radios too; the gauge averages, over nobody knows how long",
      .rails = {Rail{.label = name, .period = usual_period}},
      .period = usual_period,
      .window = usual_period};
  facts.ask_every = 0.1 * usual_period;
  // Some gauges count what leaves the battery as negative.
  std::vector<PolledMeter::Source> sources{[files, rail]() -> Result<PolledMeter::Value> {
    return power_of(files, rail).map([](Watts power) {
      return PolledMeter::Value{Watts{std::abs(power.value())}};
    });
  }};
  return std::make_unique<PolledMeter>(std::move(facts), std::move(sources), doors.clock);
}

}  // namespace ns
