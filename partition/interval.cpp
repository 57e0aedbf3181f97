#include "partition/interval.hpp"

#include <algorithm>
#include <cmath>

namespace ns {
namespace {

/// One side's part of a value.
struct Part {
  double value = 0.0;
  std::optional<double> factor;
};

struct Widths {
  double below = 0.0;
  double above = 0.0;
};

std::optional<Widths> widths(const Part& device, const Part& server) {
  Widths squared;
  for (const auto* part : {&device, &server}) {
    if (part->value == 0.0) continue;
    if (!part->factor) return std::nullopt;
    squared.below += std::pow(part->value * (1.0 - 1.0 / *part->factor), 2);
    squared.above += std::pow(part->value * (*part->factor - 1.0), 2);
  }
  return Widths{std::sqrt(squared.below), std::sqrt(squared.above)};
}

/// Of the device's part of the objective; of a sum the wider one, since time is in its energy.
std::optional<double> device_factor(const Scenario& scenario, const IntervalFactors& factors) {
  if (scenario.energy_weight <= 0.0) return factors.device;
  if (scenario.latency_weight <= 0.0) return factors.device_energy;
  if (!factors.device || !factors.device_energy) return std::nullopt;
  return std::max(*factors.device, *factors.device_energy);
}

/// A side's part of the objective.
double weighted(const Scenario& scenario, Seconds time, Joules energy) {
  return scenario.latency_weight * time.count() + scenario.energy_weight * energy.value();
}

}  // namespace

std::optional<double> interval_factor(const Costs& costs) {
  if (costs.interval_factor) return costs.interval_factor;
  Seconds time{};
  Seconds low{};
  Seconds high{};
  for (const auto& group : costs.groups) {
    if (group.time > Seconds{} && (!group.low || !group.high)) return std::nullopt;
    time += group.time;
    low += group.low.value_or(group.time);
    high += group.high.value_or(group.time);
  }
  if (low <= Seconds{}) return std::nullopt;
  return std::max(high / time, time / low);
}

std::optional<double> energy_factor(const Costs& costs) {
  if (costs.energy_factor) return costs.energy_factor;
  const bool declared = std::ranges::none_of(
      costs.groups, [](const GroupCost& group) { return group.energy_low || group.energy_high; });
  if (declared) return interval_factor(costs);
  Joules energy;
  Joules low;
  Joules high;
  for (const auto& group : costs.groups) {
    if (group.time <= Seconds{}) continue;
    if (!group.power || !group.energy_low || !group.energy_high) return std::nullopt;
    energy += *group.power * group.time;
    low += *group.energy_low;
    high += *group.energy_high;
  }
  if (low <= Joules{}) return std::nullopt;
  return std::max(high / energy, energy / low);
}

std::optional<Range<Seconds>> latency_range(const Figures& figures, const IntervalFactors& factors) {
  const auto width =
      widths({figures.device.count(), factors.device}, {figures.server.count(), factors.server});
  if (!width) return std::nullopt;
  return Range<Seconds>{figures.latency() - Seconds{width->below}, figures.latency() + Seconds{width->above}};
}

std::optional<Range<Joules>> energy_range(const Figures& figures, const IntervalFactors& factors) {
  const auto width = widths({figures.device_energy.value(), factors.device_energy},
                            {figures.server_energy.value(), factors.server});
  if (!width || !figures.energy) return std::nullopt;
  return Range<Joules>{*figures.energy - Joules{width->below}, *figures.energy + Joules{width->above}};
}

bool too_close(const Scenario& scenario, const Figures& best, const Figures& other,
               const IntervalFactors& factors) {
  const auto difference = scenario.value(other) - scenario.value(best);
  if (difference <= 0.0) return true;
  const auto device =
      weighted(scenario, other.device - best.device, other.device_energy - best.device_energy);
  const auto server =
      weighted(scenario, other.server - best.server, other.server_energy - best.server_energy);
  const auto width = widths({device, device_factor(scenario, factors)}, {server, factors.server});
  return width && difference <= std::max(width->below, width->above);
}

}  // namespace ns
