#include "profiler/doctor.hpp"
#include "profiler/power/recording.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns {
namespace {

/// Meters that are not of this machine but of whoever names them.
constexpr std::array<std::string_view, 3> named_by_users{"exec", "csv", "fake"};

/// What all rails draw now, from counters over a fifth of a second; nothing if a counter does not move.
std::optional<Watts> present_power(Meter& meter) {
  constexpr Seconds while_counting{0.2};
  auto traces = empty_traces(meter);
  meter.read(traces);
  Watts sum;
  bool counts = false;
  for (const auto& trace : traces) {
    if (trace.readings().empty()) return std::nullopt;
    if (const auto* power = std::get_if<Watts>(&trace.readings().front().value))
      sum += *power;
    else
      counts = true;
  }
  if (!counts) return sum;
  meter.clock().pause(while_counting);
  meter.read(traces);
  for (const auto& trace : traces) {
    const auto& readings = trace.readings();
    const auto energy = std::get<Joules>(readings.back().value) - std::get<Joules>(readings.front().value);
    if (readings.size() < 2 || energy <= Joules{}) return std::nullopt;
    sum += Watts{energy.value() / (readings.back().time - readings.front().time).count()};
  }
  return sum;
}

/// "cannot be read; allow it with ..." in its two parts.
Finding unusable(std::string subject, const Error& error) {
  const auto mark = error.message.find("; ");
  auto fact = error.message.substr(0, mark);
  if (const auto colon = fact.find(": "); colon != std::string::npos) fact.erase(0, colon + 2);
  fact = "not available: " + fact;
  // That a board has no such sensor is no fault of its owner's.
  if (error.code == Errc::no_device && mark == std::string::npos)
    return {std::move(subject), std::move(fact), true, {}};
  return {std::move(subject), std::move(fact), false,
          mark == std::string::npos
              ? "the sensor or its driver fails (dmesg may say more); name another rail or meter"
              : error.message.substr(mark + 2)};
}

Finding examine_meter(const MeterEntry& entry, const MeterDoors& doors, bool& found) {
  auto subject = fmt::format("meter {}", entry.name);
  const auto meter = entry.open({}, doors);
  if (!meter) return unusable(std::move(subject), meter.error());
  const auto& facts = (*meter)->facts();
  const auto power = present_power(**meter);
  if (power) {
    found = true;
    return {std::move(subject),
            fmt::format("{} {:.2f} W ({})", facts.total, power->value(), facts.note),
            true,
            {}};
  }
  if (doors.files.is_elsewhere()) {
    found = true;
    return {
        std::move(subject), fmt::format("{}, counters of energy ({})", facts.total, facts.note), true, {}};
  }
  return {std::move(subject), fmt::format("{} stands still", facts.total), false,
          "it measures nothing here (a virtual machine or a container); take another meter"};
}

/// Another machine's files: its library and its kernel are not here to be asked.
MeterDoors doors_of(const SystemFiles& system) {
  MeterDoors doors{.files = system};
  if (!system.is_elsewhere()) return doors;
  doors.clock.pause = [](Seconds) {};
  doors.perf = [](std::uint32_t, std::uint64_t, int) -> Result<PerfCounter> {
    return failure(Errc::no_device, "the files have the events, but are another machine's");
  };
  return doors;
}

Finding driver(const SystemFiles& system) {
  if (const auto version = system.read("proc/driver/nvidia/version"))
    return {"NVIDIA driver", version->substr(0, version->find('\n')), true, {}};
  return {"NVIDIA driver", "not available: no NVIDIA driver is loaded, so no GPU and no NVML", true, {}};
}

}  // namespace

std::vector<Finding> examine_power(const SystemFiles& system) {
  const auto doors = doors_of(system);
  std::vector<Finding> findings{driver(system)};
  bool found = false;
  for (const auto& entry : meters()) {
    if (std::ranges::find(named_by_users, entry.name) != named_by_users.end()) continue;
    if (entry.name == "nvml" && system.is_elsewhere()) continue;
    findings.push_back(examine_meter(entry, doors, found));
  }
  if (found)
    findings.push_back({"power", "ns-profile --quantity power can measure it", true, {}});
  else
    findings.push_back(
        {"power", "n/a: no meter can be read here", false,
         "attach a meter (--meter exec:COMMAND or csv:FILE), measure on the bare machine, or state busy "
         "and idle watts in the device's file"});
  return findings;
}

}  // namespace ns
