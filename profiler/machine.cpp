#include "profiler/machine.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ns {
namespace {

constexpr std::string_view cpu_file = "proc/cpuinfo";

std::string field_or_none(const SystemFiles& system, std::string_view name) {
  return system.field(cpu_file, name).value_or("");
}

/// x86 names its model; ARM gives numbers here and the board's name in its device tree.
std::string cpu_name(const SystemFiles& system) {
  if (const auto model = system.field(cpu_file, "model name"); model && system.field(cpu_file, "cpu family"))
    return fmt::format("{} (family {}, model {}, stepping {})", *model, field_or_none(system, "cpu family"),
                       field_or_none(system, "model"), field_or_none(system, "stepping"));
  const auto board = system.read("proc/device-tree/model").value_or("");
  return fmt::format("{} (implementer {}, part {}, revision {})", board.empty() ? "CPU" : board,
                     field_or_none(system, "CPU implementer"), field_or_none(system, "CPU part"),
                     field_or_none(system, "CPU revision"));
}

std::int64_t count_cores(const SystemFiles& system) {
  const auto content = system.read(cpu_file).value_or("");
  return std::ranges::count_if(split(content, '\n'), [](std::string_view line) {
    return trim(line.substr(0, line.find(':'))) == "processor";
  });
}

/// The instruction sets that change which kernels a library picks, in the order of their age.
std::string instruction_sets(const SystemFiles& system) {
  struct Name {
    std::string_view flag;
    std::string_view shown;
  };
  constexpr std::array names{Name{"sse4_1", "sse4.1"},
                             Name{"avx", "avx"},
                             Name{"fma", "fma"},
                             Name{"avx2", "avx2"},
                             Name{"avx_vnni", "avx_vnni"},
                             Name{"avx512f", "avx512f"},
                             Name{"avx512bw", "avx512bw"},
                             Name{"avx512_vnni", "avx512_vnni"},
                             Name{"avx512_bf16", "avx512_bf16"},
                             Name{"amx_tile", "amx"},
                             Name{"asimd", "asimd"},
                             Name{"asimdhp", "asimdhp"},
                             Name{"asimddp", "asimddp"},
                             Name{"sve", "sve"},
                             Name{"bf16", "bf16"},
                             Name{"i8mm", "i8mm"}};
  auto flags = system.field(cpu_file, "flags");
  if (!flags) flags = system.field(cpu_file, "Features");
  if (!flags) return {};
  const auto words = split(*flags, ' ');
  std::vector<std::string_view> shown;
  for (const auto& name : names)
    if (std::ranges::find(words, name.flag) != words.end()) shown.push_back(name.shown);
  return fmt::format("{}", fmt::join(shown, " "));
}

/// "32K/1024K/32768K": data and unified caches of the first processor, innermost first.
std::string cache_sizes(const SystemFiles& system) {
  std::vector<std::string> sizes;
  for (const auto& entry : system.entries("sys/devices/system/cpu/cpu0/cache")) {
    const auto type = system.read(entry + "/type");
    const auto size = system.read(entry + "/size");
    if (type && size && *type != "Instruction") sizes.push_back(*size);
  }
  return fmt::format("{}", fmt::join(sizes, "/"));
}

std::string memory_size(const SystemFiles& system) {
  const auto total = system.field("proc/meminfo", "MemTotal");
  const auto kibibytes = total ? parse_number(trim(total->substr(0, total->find(' ')))) : std::nullopt;
  return kibibytes ? fmt::format("{:.0f} GiB", std::ceil(*kibibytes / 0x1p20)) : "";
}

std::string operating_system(const SystemFiles& system) {
  auto name = system.field("etc/os-release", "PRETTY_NAME").value_or("");
  std::erase(name, '"');
  return fmt::format("{}{}{} {}", name, name.empty() ? "" : ", ",
                     system.read("proc/sys/kernel/ostype").value_or("Linux"),
                     system.read("proc/sys/kernel/osrelease").value_or(""));
}

void warn_of_threads(std::vector<std::string>& sentences, const SystemFiles& system,
                     const std::string& settings) {
  constexpr std::string_view key = "threads=";
  const auto at = settings.find(key);
  if (at == std::string::npos) return;
  const auto rest = std::string_view{settings}.substr(at + key.size());
  const auto threads = parse_integer(rest.substr(0, rest.find_first_not_of("0123456789")));
  if (threads && *threads > 1 && *threads >= count_cores(system))
    sentences.push_back(fmt::format(
        "{} threads take all cores, and on a shared machine they wait for each other; leave a core "
        "free or use threads=1",
        *threads));
}

}  // namespace

Fingerprint fingerprint(const SystemFiles& system, const std::string& library, std::optional<GpuFacts> gpu) {
  return Fingerprint{cpu_name(system),
                     count_cores(system),
                     instruction_sets(system),
                     cache_sizes(system),
                     memory_size(system),
                     operating_system(system),
                     library,
                     std::move(gpu)};
}

std::optional<double> clock_megahertz(const SystemFiles& system) {
  if (const auto kilohertz = system.number("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq"))
    return *kilohertz / 1e3;
  const auto megahertz = system.field(cpu_file, "cpu MHz");
  return megahertz ? parse_number(*megahertz) : std::nullopt;
}

std::vector<std::string> measuring_warnings(const SystemFiles& system, const std::string& backend_settings) {
  constexpr double busy = 0.5;  // of a core, by others
  std::vector<std::string> sentences;
#ifndef NDEBUG
  sentences.emplace_back("this is a debug build, whose own loops are slow; configure with --preset release");
#endif
  const auto governor = system.read("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (governor && *governor != "performance")
    sentences.push_back(fmt::format(
        "the clock governor is '{}'; set it with: cpupower frequency-set -g performance", *governor));
  const auto load = system.read("proc/loadavg");
  const auto average = load ? parse_number(load->substr(0, load->find(' '))) : std::nullopt;
  if (average && *average > busy)
    sentences.push_back(fmt::format("other work keeps {:.1f} of {} cores busy; wait until it is done",
                                    *average, count_cores(system)));
  warn_of_threads(sentences, system, backend_settings);
  return sentences;
}

std::string utc_now() {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)));
}

}  // namespace ns
