#include "core/text.hpp"
#include "profiler/doctor.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ns {
namespace {

/// "package-0, dram": zones whose energy can be read; those that cannot go to `denied`. The same package seen
/// through intel-rapl-mmio is not another one.
std::vector<std::string> rapl_zones(const SystemFiles& system, std::vector<std::string>& denied) {
  std::vector<std::string> names;
  for (const auto& zone : system.entries("sys/class/powercap")) {
    if (zone.find("intel-rapl-mmio") != std::string::npos) continue;
    const auto name = system.read(zone + "/name");
    if (!name || !system.exists(zone + "/energy_uj")) continue;
    (system.number(zone + "/energy_uj") ? names : denied).push_back(*name);
  }
  return names;
}

Finding rapl(const SystemFiles& system) {
  std::vector<std::string> denied;
  const auto names = rapl_zones(system, denied);
  if (!names.empty()) return {"RAPL", fmt::format("{}", fmt::join(names, ", ")), true, {}};
  if (!denied.empty())
    return {"RAPL", fmt::format("n/a: {} cannot be read", fmt::join(denied, ", ")), false,
            "allow it with: chmod a+r /sys/class/powercap/intel-rapl*/energy_uj (root since kernel 5.10)"};
  return {"RAPL", "n/a: no power zones (a virtual machine, a container or no x86 processor)", false,
          "measure on the bare machine, or state busy and idle watts in the device's file"};
}

struct Rail {
  std::string label;
  double watts;
};

/// hwmon of kernels since 5.10: in1..in3 in mV and curr1..curr3 in mA; in7, the sum of shunts, is no rail.
void read_hwmon(const SystemFiles& system, const std::string& folder, std::vector<Rail>& rails) {
  constexpr double milli_squared = 1e-6;
  for (int channel = 1; channel <= 3; ++channel) {
    const auto label = system.read(fmt::format("{}/in{}_label", folder, channel));
    const auto volts = system.number(fmt::format("{}/in{}_input", folder, channel));
    const auto amperes = system.number(fmt::format("{}/curr{}_input", folder, channel));
    if (label && volts && amperes) rails.push_back(Rail{*label, *volts * *amperes * milli_squared});
  }
}

/// The older driver ina3221x: one power file per channel, in mW.
void read_iio(const SystemFiles& system, const std::string& folder, std::vector<Rail>& rails) {
  for (int channel = 0; channel <= 2; ++channel) {
    const auto label = system.read(fmt::format("{}/rail_name_{}", folder, channel));
    const auto milliwatts = system.number(fmt::format("{}/in_power{}_input", folder, channel));
    if (label && milliwatts) rails.push_back(Rail{*label, *milliwatts * 1e-3});
  }
}

/// Folders are numbered anew at each boot: rails are known by their labels alone.
Finding ina3221(const SystemFiles& system) {
  std::vector<Rail> rails;
  for (const auto& chip : system.entries("sys/bus/i2c/drivers/ina3221"))
    for (const auto& monitor : system.entries(chip + "/hwmon")) read_hwmon(system, monitor, rails);
  for (const auto& chip : system.entries("sys/bus/i2c/drivers/ina3221x"))
    for (const auto& device : system.entries(chip))
      if (device.find("iio") != std::string::npos) read_iio(system, device, rails);
  if (rails.empty())
    return {"INA3221", "not available: no such sensor on the I2C buses (it is on Jetson boards)", true, {}};
  std::vector<std::string> shown;
  for (const auto& rail : rails) shown.push_back(fmt::format("{} {:.2f} W", rail.label, rail.watts));
  return {"INA3221", fmt::format("{}", fmt::join(shown, ", ")), true, {}};
}

Finding nvml(const SystemFiles& system) {
  if (const auto version = system.read("proc/driver/nvidia/version"))
    return {"NVIDIA driver", version->substr(0, version->find('\n')), true, {}};
  return {"NVIDIA driver", "not available: no NVIDIA driver is loaded, so no GPU and no NVML", true, {}};
}

}  // namespace

std::vector<Finding> examine_power(const SystemFiles& system) {
  std::vector<Finding> findings{rapl(system), ina3221(system), nvml(system)};
  // On boards with rails of their own nobody misses RAPL.
  if (!findings[0].good && findings[0].fact.find("no power zones") != std::string::npos &&
      !findings[1].fact.starts_with("not available")) {
    findings[0].good = true;
    findings[0].remedy.clear();
  }
  return findings;
}

}  // namespace ns
