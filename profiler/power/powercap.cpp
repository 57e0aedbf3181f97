// RAPL by the powercap files: counters of energy of processor packages and of their memory, in microjoules.
#include "core/text.hpp"
#include "profiler/power/openers.hpp"
#include "profiler/power/sensor.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ns {
namespace {

constexpr double micro = 1e-6;
// The counter steps every millisecond; asked this seldom it costs nothing, and no wrap is missed.
constexpr Seconds asked{0.05};
constexpr Watts most{1000.0};  // of one package

struct Zone {
  std::string name;
  std::string folder;
};

/// The same package seen through intel-rapl-mmio is not another one.
std::vector<Zone> zones_of(const SystemFiles& files) {
  std::vector<Zone> zones;
  for (const auto& folder : files.entries("sys/class/powercap")) {
    if (folder.find("-mmio") != std::string::npos || folder.find("/intel-rapl:") == std::string::npos)
      continue;
    if (auto name = files.read(folder + "/name"); name && files.exists(folder + "/energy_uj"))
      zones.push_back(Zone{std::move(*name), folder});
  }
  return zones;
}

/// Packages and their memory. core and uncore are inside the package, psys is around it.
bool is_summed(const Zone& zone) { return zone.name.starts_with("package") || zone.name == "dram"; }

Result<std::vector<Zone>> choose(std::vector<Zone> zones, std::string_view wanted) {
  std::vector<std::string> names;
  for (const auto& zone : zones) names.push_back(zone.name);
  std::erase_if(zones,
                [&](const Zone& zone) { return wanted.empty() ? !is_summed(zone) : zone.name != wanted; });
  if (!zones.empty()) return zones;
  return failure(Errc::usage, fmt::format("--meter powercap:{}: no such zone; there is {}{}", wanted,
                                          list_of(names), suggestion(wanted, names)));
}

}  // namespace

OpenedMeter open_powercap(std::string_view argument, const MeterDoors& doors) {
  auto zones = zones_of(doors.files);
  if (zones.empty())
    return failure(Errc::no_device,
                   "powercap: no zones of RAPL (a virtual machine, a container, or no x86 processor)");
  const auto chosen = choose(std::move(zones), argument);
  if (!chosen) return tl::unexpected{chosen.error()};
  MeterFacts facts{.name = "powercap", .period = asked};
  facts.note = argument.empty() ? "all that is on the socket; not the board, its disks and its power supply"
                                : "this zone alone";
  facts.ask_every = asked;
  std::vector<PolledMeter::Source> sources;
  std::vector<std::string> names;
  for (const auto& zone : *chosen) {
    const auto file = zone.folder + "/energy_uj";
    if (const auto energy = read_scaled(doors.files, file, micro); !energy) {
      auto error = energy.error();
      if (doors.files.access(file) == Access::denied)
        error.message += reading_remedy(doors.files.place("sys/class/powercap/intel-rapl*/energy_uj"));
      return tl::unexpected{std::move(error).within("powercap: " + zone.name)};
    }
    Rail rail{.label = zone.name, .period = asked, .most = most};
    if (const auto range = doors.files.number(zone.folder + "/max_energy_range_uj"); range && *range > 0.0)
      rail.range = Joules{micro * *range};
    facts.rails.push_back(std::move(rail));
    names.push_back(zone.name);
    sources.emplace_back([files = doors.files, file]() -> Result<PolledMeter::Value> {
      return read_scaled(files, file, micro).map([](double energy) {
        return PolledMeter::Value{Joules{energy}};
      });
    });
  }
  facts.total = fmt::format("{}", fmt::join(names, " + "));
  return std::make_unique<PolledMeter>(std::move(facts), std::move(sources), doors.clock);
}

}  // namespace ns
