// An NVIDIA GPU by its management library: the counter of energy where the GPU has one (Volta and later),
// else power. What a call means changes with driver and GPU, so each is tried by reading a value, and the
// note says which was taken.
#include "core/text.hpp"
#include "profiler/power/nvml_library.hpp"
#include "profiler/power/openers.hpp"
#include "profiler/power/polled_meter.hpp"

#include <array>
#include <fmt/format.h>

namespace ns {
namespace {

constexpr Seconds update{0.1};  // of counter and power on most GPUs
constexpr Seconds second{1.0};
constexpr Seconds instant{0.1};  // an instantaneous power is a mean of 10 to 100 ms

struct Way {
  NvmlPower power;
  std::string_view name;
};
constexpr std::array ways{
    Way{NvmlPower::instant, "instantaneous power, integrated; many GPUs see a part of the time only"},
    Way{NvmlPower::average, "power averaged over a second, integrated"},
    Way{NvmlPower::plain, "power, integrated"}};

MeterFacts facts_of(const NvmlGpu& gpu, unsigned index, std::string_view way, Seconds window) {
  MeterFacts facts{.name = "nvml", .total = fmt::format("GPU {}", index), .period = update, .window = window};
  facts.note = fmt::format("{}: the board with its memory, not the host; {}", gpu.description(), way);
  // Half the time between new values: none is missed.
  facts.ask_every = 0.5 * update;
  facts.rails.push_back(Rail{.label = facts.total, .period = update});
  return facts;
}

}  // namespace

OpenedMeter open_nvml(std::string_view argument, const MeterDoors& doors) {
  const auto index = argument.empty() ? std::optional<std::int64_t>{0} : parse_integer(argument);
  if (!index || *index < 0 || *index > 1023)
    return failure(Errc::usage,
                   fmt::format("--meter nvml:{}: the number of a GPU stands behind the colon", argument));
  auto opened = NvmlGpu::open(doors.nvml, static_cast<unsigned>(*index));
  if (!opened) return tl::unexpected{std::move(opened.error())};
  const std::shared_ptr<NvmlGpu> gpu{std::move(*opened)};
  const auto throttled = [gpu] { return gpu->is_throttled(); };
  const auto number = static_cast<unsigned>(*index);
  if (gpu->energy()) {
    std::vector<PolledMeter::Source> sources{[gpu]() -> Result<PolledMeter::Value> {
      return gpu->energy().map([](Joules energy) { return PolledMeter::Value{energy}; });
    }};
    return std::make_unique<PolledMeter>(facts_of(*gpu, number, "its counter of energy", Seconds{0}),
                                         std::move(sources), doors.clock, throttled);
  }
  for (const auto& way : ways) {
    if (!gpu->power(way.power)) continue;
    const bool slow =
        way.power == NvmlPower::average || (way.power == NvmlPower::plain && gpu->averages_a_second());
    std::vector<PolledMeter::Source> sources{[gpu, power = way.power]() -> Result<PolledMeter::Value> {
      return gpu->power(power).map([](Watts watts) { return PolledMeter::Value{watts}; });
    }};
    return std::make_unique<PolledMeter>(facts_of(*gpu, number, way.name, slow ? second : instant),
                                         std::move(sources), doors.clock, throttled);
  }
  return failure(
      Errc::no_device,
      fmt::format("nvml: {} tells neither energy nor power (as on Jetson boards, whose sensor is ina3221)",
                  gpu->description()));
}

}  // namespace ns
