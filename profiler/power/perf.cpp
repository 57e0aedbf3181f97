// RAPL by the kernel's perf events, where the powercap files are closed or missing.
#include "core/text.hpp"
#include "profiler/power/openers.hpp"
#include "profiler/power/polled_meter.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/perf_event.h>
#include <memory>
#include <sys/syscall.h>
#include <unistd.h>

namespace ns {
namespace {

constexpr std::string_view source = "sys/bus/event_source/devices/power";
constexpr Seconds asked{0.05};
// Packages and memory add up; cores are inside the package, psys is around it.
constexpr std::array<std::string_view, 2> summed{"energy-pkg", "energy-ram"};

struct Event {
  std::string name;
  std::uint64_t config = 0;
  double joules = 0.0;  // of one count
};

/// "event=0x02"
std::optional<std::uint64_t> parse_config(std::string_view text) {
  constexpr std::string_view prefix = "event=0x";
  std::uint64_t value = 0;
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Event> find_event(const SystemFiles& files, std::string_view name) {
  const auto path = fmt::format("{}/events/{}", source, name);
  const auto config = parse_config(files.read(path).value_or(""));
  const auto scale = files.number(path + ".scale");
  if (!config || !scale || !(*scale > 0.0)) return std::nullopt;
  return Event{std::string{name}, *config, *scale};
}

std::vector<Event> find_events(const SystemFiles& files, std::string_view wanted) {
  std::vector<Event> events;
  if (!wanted.empty()) {
    if (auto event = find_event(files, wanted)) events.push_back(std::move(*event));
    return events;
  }
  for (const auto name : summed)
    if (auto event = find_event(files, name)) events.push_back(std::move(*event));
  return events;
}

/// One processor of each package: "0" or "0,16".
std::vector<int> processors(const SystemFiles& files) {
  constexpr std::int64_t most = 65536;
  std::vector<int> list;
  const auto text = files.read(fmt::format("{}/cpumask", source)).value_or("0");
  for (const auto part : split(text, ','))
    if (const auto number = parse_integer(trim(part)); number && *number >= 0 && *number < most)
      list.push_back(static_cast<int>(*number));
  return list;
}

/// Why the kernel refuses, with the remedy.
Error refused(int reason) {
  if (reason == EACCES || reason == EPERM)
    return {Errc::io,
            "permission denied; allow it with: sudo sysctl kernel.perf_event_paranoid=0, or give the program "
            "CAP_PERFMON"};
  return {Errc::no_device, fmt::format("perf_event_open: {}", std::strerror(reason))};
}

struct Closer {
  int descriptor;
  explicit Closer(int number) : descriptor{number} {}
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;
  ~Closer() { ::close(descriptor); }
};

Result<PerfCounter> open_event(std::uint32_t type, std::uint64_t config, int cpu) {
  perf_event_attr attributes{};
  attributes.size = sizeof attributes;
  attributes.type = type;
  attributes.config = config;
  const auto descriptor =
      static_cast<int>(::syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
  if (descriptor < 0) return tl::unexpected{refused(errno)};
  return PerfCounter{[file = std::make_shared<Closer>(descriptor)]() -> Result<std::uint64_t> {
    std::uint64_t value = 0;
    if (::read(file->descriptor, &value, sizeof value) != static_cast<ssize_t>(sizeof value))
      return failure(Errc::io, fmt::format("perf event: {}", std::strerror(errno)));
    return value;
  }};
}

}  // namespace

PerfDoor perf_events() { return open_event; }

OpenedMeter open_perf(std::string_view argument, const MeterDoors& doors) {
  const auto type = doors.files.number(fmt::format("{}/type", source));
  const auto events = find_events(doors.files, argument);
  if (!type || !(*type >= 0.0 && *type < 0x1p31) || events.empty())
    return failure(Errc::no_device, fmt::format("perf: the kernel has no event {}",
                                                argument.empty() ? "energy-pkg" : argument));
  const auto cpus = processors(doors.files);
  MeterFacts facts{.name = "perf", .period = asked};
  facts.note = argument.empty() ? "all that is on the socket; not the board, its disks and its power supply"
                                : "this event alone";
  facts.ask_every = asked;
  std::vector<PolledMeter::Source> sources;
  std::vector<std::string> names;
  for (const auto& event : events) {
    for (const auto cpu : cpus) {
      auto counter = doors.perf(static_cast<std::uint32_t>(*type), event.config, cpu);
      if (!counter) return failure_within(std::move(counter), "perf: " + event.name);
      names.push_back(cpus.size() > 1 ? fmt::format("{} of cpu{}", event.name, cpu) : event.name);
      facts.rails.push_back(Rail{.label = names.back(), .period = asked});
      sources.emplace_back(
          [count = std::move(*counter), unit = event.joules]() -> Result<PolledMeter::Value> {
            return count().map([&](std::uint64_t value) {
              return PolledMeter::Value{Joules{unit * static_cast<double>(value)}};
            });
          });
    }
  }
  facts.total = fmt::format("{}", fmt::join(names, " + "));
  return std::make_unique<PolledMeter>(std::move(facts), std::move(sources), doors.clock);
}

}  // namespace ns
