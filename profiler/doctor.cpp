#include "profiler/doctor.hpp"

#include "core/quantity.hpp"
#include "core/statistics.hpp"
#include "core/text.hpp"
#include "kernels/core_pace.hpp"
#include "profiler/machine.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fmt/format.h>
#include <thread>

namespace ns {
namespace {

Finding good(std::string subject, std::string fact) {
  return {std::move(subject), std::move(fact), true, {}};
}

Finding bad(std::string subject, std::string fact, std::string remedy) {
  return {std::move(subject), std::move(fact), false, std::move(remedy)};
}

Finding governor(const SystemFiles& system) {
  const auto name = system.read("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (!name) return good("clock governor", "none visible (a virtual machine, or a fixed clock)");
  if (*name == "performance") return good("clock governor", *name);
  return bad("clock governor", *name, "set it with: cpupower frequency-set -g performance");
}

Finding clock_rate(const SystemFiles& system) {
  const auto now = clock_megahertz(system);
  if (!now) return good("processor clock", "not told by the system");
  const auto most = system.number("sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq");
  if (!most) return good("processor clock", fmt::format("{:.0f} MHz", *now));
  return good("processor clock", fmt::format("{:.0f} MHz, at most {:.0f} MHz", *now, *most / 1e3));
}

Finding other_load(const SystemFiles& system) {
  constexpr double busy = 0.5;
  const auto text = system.read("proc/loadavg");
  const auto average = text ? parse_number(text->substr(0, text->find(' '))) : std::nullopt;
  if (!average) return good("other load", "not told by the system");
  auto fact = fmt::format("{:.2f} processes ready to run", *average);
  if (*average <= busy) return good("other load", std::move(fact));
  return bad("other load", std::move(fact), "stop other work, or wait until it is done");
}

/// Time that the host gave to other guests, as a share of all time since the start.
Finding steal(const SystemFiles& system) {
  constexpr std::size_t steal_column = 7;  // proc(5): user nice system idle iowait irq softirq steal
  constexpr double much = 0.01;
  const auto text = system.read("proc/stat").value_or("");
  std::vector<double> ticks;
  for (const auto word : split(std::string_view{text}.substr(0, text.find('\n')), ' '))
    if (const auto number = parse_number(word)) ticks.push_back(*number);
  if (ticks.size() <= steal_column) return good("stolen time", "not told by the system");
  double total = 0.0;
  for (std::size_t i = 0; i <= steal_column; ++i) total += ticks[i];
  const auto share = total > 0.0 ? ticks[steal_column] / total : 0.0;
  auto fact = fmt::format("{:.2f} % since the start", 100.0 * share);
  if (share <= much) return good("stolen time", std::move(fact));
  return bad("stolen time", std::move(fact), "the host is overcommitted; measure on another one");
}

Finding caches(const SystemFiles& system) {
  const auto sizes = fingerprint(system, "").caches;
  return good("caches", sizes.empty() ? "not told by the system" : sizes);
}

Finding memory(const SystemFiles& system) {
  constexpr double least = 2.0 * 0x1p20;  // KiB: what the largest nets of data/nets need
  const auto total = fingerprint(system, "").memory;
  const auto text = system.field("proc/meminfo", "MemAvailable");
  const auto available = text ? parse_number(text->substr(0, text->find(' '))) : std::nullopt;
  if (!available) return good("memory", total.empty() ? "not told by the system" : total);
  auto fact = fmt::format("{}, {:.1f} GiB available", total, *available / 0x1p20);
  if (*available >= least) return good("memory", std::move(fact));
  return bad("memory", std::move(fact), "close other programs: large nets need 2 GiB");
}

Finding instructions(const SystemFiles& system) {
  const auto sets = fingerprint(system, "").instructions;
  return good("instruction sets", sets.empty() ? "none known" : sets);
}

Finding clock_source(const SystemFiles& system) {
  const auto name = system.read("sys/devices/system/clocksource/clocksource0/current_clocksource");
  if (!name) return good("clock source", "not told by the system");
  constexpr std::array<std::string_view, 4> fast{"tsc", "kvm-clock", "hyperv_clocksource_tsc_page",
                                                 "arch_sys_counter"};
  if (std::ranges::find(fast, *name) != fast.end()) return good("clock source", *name);
  return bad("clock source", *name, "reading it needs a system call; boot with clocksource=tsc");
}

Finding counters(const SystemFiles& system) {
  const auto level = system.number("proc/sys/kernel/perf_event_paranoid");
  if (!level) return good("performance counters", "not available: the kernel has no perf events");
  auto fact = fmt::format("perf_event_paranoid = {:.0f}", *level);
  if (*level <= 2.0) return good("performance counters", std::move(fact));
  return bad("performance counters", std::move(fact), "for perf: sysctl kernel.perf_event_paranoid=2");
}

Finding huge_pages(const SystemFiles& system) {
  const auto text = system.read("sys/kernel/mm/transparent_hugepage/enabled");
  if (!text) return good("huge pages", "not told by the system");
  const auto open = text->find('[');
  const auto mode = open == std::string::npos ? *text : text->substr(open + 1, text->find(']') - open - 1);
  if (mode != "always") return good("huge pages", mode);
  return bad("huge pages", mode,
             "large buffers may be merged while they are measured; echo madvise > "
             "/sys/kernel/mm/transparent_hugepage/enabled");
}

using Examination = Finding (*)(const SystemFiles& system);
constexpr std::array<Examination, 10> examinations{governor, clock_rate, other_load,   steal,
                                                   caches,   memory,     instructions, clock_source,
                                                   counters, huge_pages};

Seconds processor_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return Seconds{static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec)};
}

Seconds wall_time() { return Seconds{std::chrono::steady_clock::now().time_since_epoch()}; }

struct ClockFacts {
  Seconds step;  // the smallest difference seen
  Seconds cost;  // of one reading
};

ClockFacts examine(Seconds (*clock)()) {
  constexpr int readings = 10000;
  ClockFacts facts{Seconds{1.0}, Seconds{0.0}};
  const auto begin = wall_time();
  auto last = clock();
  for (int i = 0; i < readings; ++i) {
    const auto now = clock();
    if (now > last) facts.step = std::min(facts.step, now - last);
    last = now;
  }
  facts.cost = (wall_time() - begin) / readings;
  return facts;
}

}  // namespace

std::vector<Finding> examine_system(const SystemFiles& system) {
  std::vector<Finding> findings;
  for (const auto examination : examinations) findings.push_back(examination(system));
  return findings;
}

std::vector<Finding> examine_clocks() {
  constexpr Seconds coarse{1e-6};
  std::vector<Finding> findings;
  const auto wall = examine(wall_time);
  auto fact = fmt::format("resolves {}, costs {} a reading", print(wall.step), print(wall.cost));
  findings.push_back(wall.step <= coarse && wall.cost <= coarse
                         ? good("timer", std::move(fact))
                         : bad("timer", std::move(fact), "kernels below 100 us cannot be timed well here"));
  const auto processor = examine(processor_time);
  findings.push_back(good("processor-time clock", fmt::format("resolves {}, costs {} a reading",
                                                              print(processor.step), print(processor.cost))));
#ifdef NDEBUG
  findings.push_back(good("build", "release"));
#else
  findings.push_back(bad("build", "debug", "configure with --preset release before measuring"));
#endif
  return findings;
}

Finding judge_core(int crowded, int probes) {
  constexpr double often = 0.1;
  const auto share = static_cast<double>(crowded) / probes;
  auto fact = fmt::format("crowded in {:.0f} % of {} probes", 100.0 * share, probes);
  if (share <= often) return good("core", std::move(fact));
  return bad(
      "core", std::move(fact),
      "work on the core's other hardware thread, or a neighbour's on a virtual machine, takes its units; "
      "ns-profile leaves such samples out and takes longer");
}

Finding examine_core() {
  constexpr int probes = 200;
  CorePace pace;
  int crowded = 0;
  for (int i = 0; i < probes; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    crowded += pace.crowded() ? 1 : 0;
  }
  return judge_core(crowded, probes);
}

Finding judge_noise(const Timing& timing) {
  constexpr double wide = 0.1;
  std::vector<double> values;
  for (const auto sample : timing.samples) values.push_back(sample.count());
  const auto center = median(values);
  const auto spread = (percentile(values, 0.9) - percentile(values, 0.1)) / center;
  const auto disturbed = std::ranges::count(timing.disturbed, true);
  auto fact =
      fmt::format("{} runs of one kernel: median {}, 10th to 90th percentile {:.1f} % apart, {} disturbed",
                  values.size(), print(Seconds{center}), 100.0 * spread, disturbed);
  for (const auto& note : timing.notes) fact += "; " + note;
  if (spread <= wide && 10 * static_cast<std::size_t>(disturbed) <= values.size())
    return good("noise", std::move(fact));
  return bad("noise", std::move(fact),
             "other work or a changing clock disturbs runs; see the findings above");
}

Finding examine_noise(Timed& kernel) {
  constexpr MeasurePolicy fifty{
      .limit = Seconds{5.0}, .fewest = 50, .enough = 50, .most = 50, .target = 1e9, .stable_after = 50};
  return judge_noise(measure(kernel, Caches::cold, fifty, steady_clock()));
}

}  // namespace ns
