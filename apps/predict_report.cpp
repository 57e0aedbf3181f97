#include "apps/predict_report.hpp"

#include "core/quantity.hpp"
#include "core/table.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace ns {
namespace {

/// Notes are "family" or "family; why it is outside".
std::string family_of(const GroupCost& group) {
  return group.source == Source::predicted ? group.note.substr(0, group.note.find(';')) : group.note;
}

template <class Quantity>
std::string interval(std::optional<Quantity> low, std::optional<Quantity> high) {
  return low && high ? fmt::format("{} .. {}", print(*low), print(*high)) : "";
}

std::string interval_name(const Costs& costs) {
  return fmt::format("{:g} % interval", 100.0 * costs.interval_level);
}

/// Watts that a device file declares are the same for all groups, and say nothing of one.
bool has_measured_power(const Costs& costs) {
  const auto has_power = [](const GroupCost& group) { return group.power.has_value(); };
  return !costs.busy && std::ranges::any_of(costs.groups, has_power);
}

/// In characters: a group has the names of several layers.
constexpr std::size_t longest_group = 64;

Table group_table(const Costs& costs, Seconds total) {
  Table table;
  table.column("group", Align::left).column("time").column("share (%)");
  table.column(interval_name(costs));
  const bool draws = has_measured_power(costs);
  if (draws) table.column("power").column("energy");
  table.column("source", Align::left).column("model", Align::left);
  for (const auto& group : costs.groups) {
    const auto share = total > Seconds{0} ? 100.0 * (group.time / total) : 0.0;
    std::vector<std::string> row{shortened(fmt::format("{}", fmt::join(group.layers, " + ")), longest_group),
                                 print(group.time), fmt::format("{:.1f}", share),
                                 interval(group.low, group.high)};
    if (draws) {
      row.push_back(group.power ? print(*group.power) : "");
      row.push_back(group.power ? print(*group.power * group.time) : "");
    }
    row.push_back(std::string{to_string(group.source)});
    row.push_back(family_of(group) + (outside_of(group).empty() ? "" : " (outside)"));
    table.row(std::move(row));
  }
  return table;
}

/// Whole percents, rounded down: 100 are all.
std::string coverage_text(const Coverage& coverage) {
  const auto time = std::floor(100.0 * coverage.time);
  if (coverage.time == coverage.macs) return fmt::format("coverage {} %", time);
  return fmt::format("coverage {} % of the time, {} % of the MACs", time, std::floor(100.0 * coverage.macs));
}

std::string total_line(const Costs& costs, const PredictedTotal& total) {
  const bool is_bound = coverage_of(costs).time < 1.0;
  auto line =
      fmt::format("{} on {}{}: {}{}", costs.net, costs.device, costs.modelled_device ? " (scaled)" : "",
                  is_bound ? "at least " : "", print(total.time));
  if (total.low)
    line += fmt::format(", {} {}", interval_name(costs), interval(total.low, total.high));
  else if (!is_bound)
    line += fmt::format("; too few families of nets were measured for a {}", interval_name(costs));
  return line + "; " + coverage_text(coverage_of(costs)) + "\n";
}

/// Of the device alone; what a split spends on the radio is ns-partition's.
std::string energy_line(const Costs& costs, const PredictedTotal& total) {
  if (!has_measured_power(costs)) return {};
  if (!total.energy) return "Energy: unknown, for not every group's power is\n";
  auto line = "Energy: " + print(*total.energy);
  if (total.energy_low)
    line += fmt::format(", {} {}", interval_name(costs), interval(total.energy_low, total.energy_high));
  return fmt::format("{}; power {}\n", line, costs.power_source);
}

/// One line per reason, in the order of the net: a quantised net has hundreds of layers with the same one.
std::string outside_section(const Costs& costs) {
  struct Reason {
    std::string why;
    std::string first_layer;
    std::size_t layers = 0;
  };
  std::vector<Reason> reasons;
  for (const auto& group : costs.groups) {
    const auto why = outside_of(group);
    if (why.empty()) continue;
    auto found = std::ranges::find(reasons, why, &Reason::why);
    if (found == reasons.end()) {
      reasons.push_back({std::string{why}, group.layers.empty() ? "" : group.layers.front(), 0});
      found = reasons.end() - 1;
    }
    ++found->layers;
  }
  std::string text;
  for (const auto& [why, first, layers] : reasons)
    text += fmt::format("  {}{}: {}\n", shortened(first),
                        layers > 1 ? fmt::format(" and {} more", layers - 1) : "", why);
  return text.empty() ? "" : "\nOutside of what was profiled, so trust these less:\n" + text;
}

}  // namespace

PredictedTotal total_of(const Costs& costs) {
  PredictedTotal total;
  total.time = costs.overhead;
  for (const auto& group : costs.groups) total.time += group.time;
  if (costs.interval_factor) {
    total.low = total.time / *costs.interval_factor;
    total.high = total.time * *costs.interval_factor;
  }
  Joules work;
  for (const auto& group : costs.groups) {
    if (!group.power && group.time > Seconds{0}) return total;
    if (group.power) work += *group.power * group.time;
  }
  const auto groups = total.time - costs.overhead;
  if (groups <= Seconds{0}) return total;
  total.energy = total.time / groups * work;
  if (costs.energy_factor) {
    total.energy_low = 1.0 / *costs.energy_factor * *total.energy;
    total.energy_high = *costs.energy_factor * *total.energy;
  }
  return total;
}

std::string predict_table(const Costs& costs) {
  const auto total = total_of(costs);
  auto text =
      total_line(costs, total) + energy_line(costs, total) + "\n" + group_table(costs, total.time).text("  ");
  if (costs.overhead > Seconds{0})
    text += fmt::format("\nOnce per inference, beyond the groups: {}\n", print(costs.overhead));
  return text + outside_section(costs);
}

std::string predict_csv(const Costs& costs) {
  Table table;
  table.column("layers").column("time_s").column("low_s").column("high_s").column("power_w").column("source");
  table.column("note");
  const auto seconds = [](const std::optional<Seconds>& time) {
    return time ? print_number(time->count()) : "";
  };
  for (const auto& group : costs.groups)
    table.row({fmt::format("{}", fmt::join(group.layers, " ")), seconds(group.time), seconds(group.low),
               seconds(group.high), group.power ? print_number(group.power->value()) : "",
               std::string{to_string(group.source)}, group.note});
  return table.csv();
}

}  // namespace ns
