// The table of meters. A new one is a file, a declaration in openers.hpp and a row here.
#include "core/text.hpp"
#include "profiler/power/openers.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns {
namespace {

constexpr std::array table{
    MeterEntry{"nvml", "INDEX", "an NVIDIA GPU, memory included", open_nvml},
    MeterEntry{"ina3221", "RAIL", "a Jetson's module, up to Orin", open_ina3221},
    MeterEntry{"ina238", "RAIL", "the board of a Jetson AGX Thor", open_ina238},
    MeterEntry{"powercap", "ZONE", "processor packages and their memory (RAPL), by files", open_powercap},
    MeterEntry{"perf", "EVENT", "the same, by the kernel's perf events", open_perf},
    MeterEntry{"battery", "NAME", "the whole device while it runs from its battery", open_battery},
    MeterEntry{"exec", "COMMAND", "what a command prints: one 'WATTS' or 'SECONDS WATTS' a line", open_exec},
    MeterEntry{"csv", "FILE", "the growing log of a wall or bench meter", open_csv},
    MeterEntry{"fake", "SETTINGS", "the fake device, for tests", open_fake_meter},
};

std::vector<std::string> names() {
  std::vector<std::string> list;
  for (const auto& entry : table) list.emplace_back(entry.name);
  return list;
}

bool starts_with_a_name(std::string_view text) {
  const auto name = text.substr(0, text.find_first_of(":,"));
  return std::ranges::find(table, name, &MeterEntry::name) != table.end();
}

}  // namespace

std::span<const MeterEntry> meters() { return table; }

OpenedMeter open_meter(std::string_view text, const MeterDoors& doors) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  const auto* const entry = std::ranges::find(table, name, &MeterEntry::name);
  if (entry == table.end())
    return failure(Errc::usage, fmt::format("--meter: unknown meter '{}'; it is {}{}", name, list_of(names()),
                                            suggestion(name, names())));
  return entry->open(colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1), doors);
}

std::vector<std::string> split_meters(std::string_view text) {
  std::vector<std::string> list;
  std::size_t begin = 0;
  for (std::size_t comma = text.find(','); comma != std::string_view::npos;
       comma = text.find(',', comma + 1)) {
    if (!starts_with_a_name(text.substr(comma + 1))) continue;
    list.emplace_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  list.emplace_back(text.substr(begin));
  return list;
}

}  // namespace ns
