#include "profiler/power_estimate.hpp"

#include "profiler/power/recording.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <fmt/format.h>

namespace ns {
namespace {

Watts per(Joules energy, Seconds time) { return Watts{energy.value() / time.count()}; }

void add_faults(MeterPower& power, const Span& span) {
  for (const auto& fault : span.faults)
    if (std::ranges::find(power.faults, fault.text) == power.faults.end()) power.faults.push_back(fault.text);
}

/// Idle power over time: what the two idle times say, steadily changing between.
struct Idle {
  Seconds time{};  // middle of the first
  Watts power;
  double slope_w_per_s = 0.0;

  [[nodiscard]] Watts at(Seconds when) const {
    return Watts{power.value() + slope_w_per_s * (when - time).count()};
  }
};

std::optional<Watts> mean_power(const std::vector<Trace>& traces, const RunBlock& block, MeterPower& power) {
  const auto span = total_energy(traces, block.begin, block.end, LoadIn::steady);
  if (span.energy) return per(*span.energy, block.end - block.begin);
  add_faults(power, span);
  return std::nullopt;
}

std::optional<Idle> idle_of(const std::vector<Trace>& traces, const PowerSchedule& schedule,
                            MeterPower& power) {
  const auto before = mean_power(traces, schedule.idle_before, power);
  const auto after = mean_power(traces, schedule.idle_after, power);
  const auto middle = [](const RunBlock& block) { return 0.5 * (block.begin + block.end); };
  if (!before && !after) return std::nullopt;
  if (!before) return Idle{middle(schedule.idle_after), *after};
  if (!after) return Idle{middle(schedule.idle_before), *before};
  const auto apart = middle(schedule.idle_after) - middle(schedule.idle_before);
  return Idle{middle(schedule.idle_before), *before, (*after - *before).value() / apart.count()};
}

/// Mean and half width of the blocks' powers.
void summarise(MeterPower& power) {
  const auto count = static_cast<double>(power.blocks.size());
  if (power.blocks.size() < 2) return;
  double mean = 0.0;
  for (const auto block : power.blocks) mean += block.value() / count;
  double squares = 0.0;
  for (const auto block : power.blocks) squares += (block.value() - mean) * (block.value() - mean);
  const auto half = student_95(power.blocks.size() - 1) * std::sqrt(squares / (count - 1.0) / count);
  if (!(mean > 0.0)) {
    power.faults.push_back(fmt::format("{}: {:.3g} W is no power of a running device", power.rail, mean));
    return;
  }
  power.power = Watts{mean};
  power.low = Watts{std::max(0.0, mean - half)};
  power.high = Watts{mean + half};
}

}  // namespace

Seconds lead_of(const MeterFacts& facts) { return facts.period; }
Seconds tail_of(const MeterFacts& facts) { return facts.window + 2.0 * facts.period; }

double student_95(std::size_t degrees) {
  constexpr std::array<double, 7> values{6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895};
  assert(degrees >= 1);
  return values[std::min(degrees, values.size()) - 1];
}

MeterPower estimate_power(const MeterFacts& facts, const std::vector<Trace>& traces,
                          const PowerSchedule& schedule) {
  MeterPower power{.meter = facts.name, .rail = facts.total};
  const auto idle = idle_of(traces, schedule, power);
  for (const auto& block : schedule.blocks) {
    const auto begin = block.begin - lead_of(facts);
    const auto end = block.end + tail_of(facts);
    const auto span = total_energy(traces, begin, end);
    add_faults(power, span);
    power.distinct += total_energy(traces, block.begin, block.end, LoadIn::steady).distinct;
    if (!span.energy || !idle) continue;
    const auto idling = idle->at(0.5 * (begin + end)) * (end - begin - block.busy);
    power.blocks.push_back(per(*span.energy - idling, block.busy));
  }
  if (idle) {
    const auto middle = schedule.blocks[schedule.blocks.size() / 2];
    power.idle = idle->at(middle.begin);
  } else if (power.faults.empty()) {
    power.faults.push_back(fmt::format("{}: idle power cannot be told", facts.total));
  }
  summarise(power);
  return power;
}

}  // namespace ns
