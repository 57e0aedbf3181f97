#include "apps/partition_answer.hpp"
#include "core/quantity.hpp"
#include "core/table.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

namespace ns {
namespace {

/// The value that the objective is about, or both of a weighted sum.
std::string objective_text(const Answer& answer, const Figures& figures) {
  const auto& objective = answer.scenario->question.objective;
  if (objective.is_sum()) return fmt::format("{} and {}", print(figures.latency()), print(*figures.energy));
  return objective.latency > 0.0 ? print(figures.latency()) : print(*figures.energy);
}

std::string alternative(const Answer& answer, const std::optional<Cut>& cut, Place place) {
  return cut ? fmt::format("{} on {} alone", objective_text(answer, cut->figures), side_name(answer, place))
             : fmt::format("{} alone ruled out", side_name(answer, place));
}

/// Behind the name of a cut that leaves layers before it, in the file's order, to the server.
constexpr std::string_view only_needed = " with only what it needs";

bool is_all_on_server(const Cut& cut) {
  return std::ranges::none_of(cut.on_device, [](bool on_device) { return on_device; });
}

std::string cut_phrase(const Answer& answer, const Cut& cut) {
  const auto name = label(*answer.net, *answer.scenario, cut);
  if (cut.all_on_device()) return "all on " + side_name(answer, Place::device);
  if (is_all_on_server(cut)) return "all on " + side_name(answer, Place::server);
  const bool in_order = parts_file_order(*answer.net, *answer.scenario, cut);
  return fmt::format("cut after {}{}", name, in_order ? "" : only_needed);
}

/// Floors that stand in for missing models make all sums lower bounds.
bool is_lower_bound(const Answer& answer) {
  return coverage_of(*answer.device).time < 1.0 || coverage_of(*answer.server).time < 1.0;
}

std::string sentence(const Answer& answer) {
  auto text =
      fmt::format("{}: {}{}", cut_phrase(answer, answer.best), is_lower_bound(answer) ? "at least " : "",
                  objective_text(answer, answer.best.figures));
  text.front() = text.front() == 'c' ? 'C' : 'A';
  if (answer.alone) return text + ".\n";
  const bool all_here = answer.best.all_on_device();
  const bool all_there = is_all_on_server(answer.best);
  text += ", against ";
  if (!all_here) text += alternative(answer, answer.device_only, Place::device);
  if (!all_here && !all_there) text += " and ";
  if (!all_there) text += alternative(answer, answer.server_only, Place::server);
  return text + ".\n";
}

std::string circumstances(const Answer& answer) {
  const auto& question = answer.scenario->question;
  auto text = fmt::format("Net {}, device {}", answer.net->name, plain_name(*answer.device));
  if (!answer.alone) {
    const auto& link = answer.scenario->link;
    text += fmt::format(", server {}, link {} ({} up, {} down, RTT {})", plain_name(*answer.server),
                        link.name, print(link.uplink), print(link.downlink), print(link.rtt));
    if (question.load != 1.0) text += fmt::format(", load {:g}", question.load);
  }
  return text + fmt::format("; least {}.\n", print(question.objective));
}

/// "5 layers, conv1 to pool1".
std::string layers_text(const Answer& answer, const Cut& cut, bool on_device) {
  std::size_t count = 0;
  LayerId first = 0;
  LayerId last = 0;
  for (LayerId layer = 0; layer < answer.net->layers.size(); ++layer) {
    if (cut.on_device[answer.scenario->graph.block_of[layer]] != on_device) continue;
    if (count++ == 0) first = layer;
    last = layer;
  }
  const auto& layers = answer.net->layers;
  if (count == 0) return "nothing";
  if (count == 1) return "1 layer, " + layers[first].name;
  return fmt::format("{} layers, {} to {}", count, layers[first].name, layers[last].name);
}

std::string tensors_text(const Answer& answer, const std::vector<std::size_t>& tensors, Bytes size) {
  constexpr std::size_t most = 3;
  if (tensors.empty()) return "nothing";
  std::string text;
  for (std::size_t i = 0; i < std::min(most, tensors.size()); ++i)
    text += (i > 0 ? ", " : "") + answer.net->tensors[answer.scenario->graph.tensors[tensors[i]].tensor].name;
  if (tensors.size() > most) text += fmt::format(" and {} more", tensors.size() - most);
  return fmt::format("{}, {}", text, print(size));
}

template <class Quantity>
std::string range_text(const Answer& answer, const std::optional<Range<Quantity>>& range) {
  if (!range) return {};
  return fmt::format("{:g} % interval {} to {}", 100.0 * answer.interval_level, print(range->low),
                     print(range->high));
}

/// Where watts come from: measured, or declared, with no meter behind them.
std::string power_text(const Answer& answer) {
  const auto& costs = *answer.device;
  if (!costs.busy && !costs.idle) return {};
  if (costs.power_source.starts_with("measured"))
    return fmt::format("{}{}", costs.power_source,
                       costs.idle ? fmt::format(", idle {}", print(*costs.idle)) : std::string{});
  std::string text = "watts as given:";
  if (costs.busy) text += fmt::format(" busy {}", print(*costs.busy));
  if (costs.idle) text += fmt::format("{} idle {}", costs.busy ? "," : "", print(*costs.idle));
  return text + (costs.power_source.empty() ? "" : fmt::format(" ({})", costs.power_source));
}

std::string energy_text(const Answer& answer) {
  const auto& figures = answer.best.figures;
  if (!figures.energy) return answer.scenario->unknown_energy;
  const auto range = range_text(answer, energy_range(figures, answer.factors));
  const auto power = power_text(answer);
  return range + (range.empty() || power.empty() ? "" : ", ") + power;
}

std::string wait_text(const Question& question) {
  std::string text = "RTT, message";
  if (question.queue_wait > Seconds{}) text += ", queue";
  if (question.cold_radio) text += ", radio promotion";
  return text;
}

std::string breakdown(const Answer& answer) {
  const auto& cut = answer.best;
  const auto& figures = cut.figures;
  Table table;
  table.column("", Align::left).column("time").column("what", Align::left);
  table.row({"device", print(figures.device), layers_text(answer, cut, true)});
  if (!answer.alone) {
    table.row({"uplink", print(figures.uplink), tensors_text(answer, cut.uploads, cut.tally.up)});
    table.row({"server", print(figures.server), layers_text(answer, cut, false)});
    table.row({"downlink", print(figures.downlink), tensors_text(answer, cut.downloads, cut.tally.down)});
    table.row({"wait", print(figures.wait), wait_text(answer.scenario->question)});
  }
  const auto latency = range_text(answer, latency_range(figures, answer.factors));
  table.row(
      {"latency", print(figures.latency()),
       latency.empty() ? "no interval is known" : latency + (answer.alone ? "" : ", the link as given")});
  table.row({"energy", figures.energy ? print(*figures.energy) : "n/a", energy_text(answer)});
  return table.text("  ");
}

std::string runner_up_text(const Answer& answer) {
  if (!answer.runner_up) return "  No other cut is left.\n";
  const auto& other = *answer.runner_up;
  auto text = fmt::format("  Next best{}: {}, {}", other.proven ? "" : " of the cuts in the net's order",
                          cut_phrase(answer, other.cut), objective_text(answer, other.cut.figures));
  return text + (answer.too_close ? ": too close to call.\n" : ".\n");
}

/// A split that saves next to nothing is more trouble than it is worth.
std::string gain_text(const Answer& answer) {
  constexpr double little = 0.01;
  if (!answer.gain || *answer.gain >= little) return {};
  return fmt::format(
      "  Splitting saves {:.2g} % over the better side alone: less than predictions can tell.\n",
      100.0 * *answer.gain);
}

std::string server_text(const Answer& answer) {
  if (answer.alone || !answer.server_only) return {};
  const auto spent = answer.best.figures.server;
  const auto all = answer.server_only->figures.server;
  if (spent <= Seconds{}) return "  The server spends no time on a query.\n";
  const auto text = fmt::format("  The server spends {} on a query", print(spent));
  return text + (all > 1.05 * spent ? fmt::format(", {:.3g} times less than when it does all.\n", all / spent)
                                    : ".\n");
}

std::string coverage_text(const Answer& answer) {
  std::string text;
  const auto add = [&](const Costs& costs) {
    const auto outside = std::ranges::count_if(
        costs.groups, [](const GroupCost& group) { return !outside_of(group).empty(); });
    const auto share = coverage_of(costs);
    if (share.time < 1.0)
      text += fmt::format(
          "  On {}, {:.0f} % of the time and {:.0f} % of the MACs have no model; the time is the "
          "least that they can take.\n",
          costs.device, 100.0 * (1.0 - share.time), 100.0 * (1.0 - share.macs));
    if (outside > 0)
      text += fmt::format("  On {}, outside of what was profiled: {} of {} (--format json says which).\n",
                          costs.device, outside, counted(costs.groups.size(), "group"));
    if (costs.modelled_device)
      text += fmt::format("  {} is scaled: its times are another device's, times a factor.\n", costs.device);
  };
  add(*answer.device);
  if (!answer.alone) add(*answer.server);
  return text;
}

std::string thresholds_text(const Answer& answer) {
  if (answer.thresholds.empty()) return {};
  Table table;
  table.column("from uplink").column("best cut", Align::left);
  table.row({"below", label(*answer.net, *answer.scenario, answer.thresholds.front().from)});
  for (const auto& threshold : answer.thresholds)
    table.row({print(threshold.uplink), label(*answer.net, *answer.scenario, threshold.to)});
  return "\n" + table.text("  ");
}

std::string cuts_table(const Answer& answer, std::size_t top) {
  if (top == 0 || answer.alone) return {};
  Table table;
  table.column("cut after", Align::left).column("latency").column("energy").column("sends");
  table.column("device").column("uplink").column("server").column("downlink").column("wait");
  const auto add = [&](const std::string& name, const Figures& figures, Bytes up) {
    table.row({name, print(figures.latency()), figures.energy ? print(*figures.energy) : "n/a", print(up),
               print(figures.device), print(figures.uplink), print(figures.server), print(figures.downlink),
               print(figures.wait)});
  };
  const auto& best = answer.best;
  if (!parts_file_order(*answer.net, *answer.scenario, best))
    add(label(*answer.net, *answer.scenario, best) + std::string{only_needed}, best.figures, best.tally.up);
  for (const auto* cut : shown_cuts(answer, top))
    add(prefix_label(answer, *cut), cut->figures, cut->tally.up);
  return "\n" + table.text("  ");
}

}  // namespace

std::string partition_text(const Answer& answer, std::size_t top) {
  return sentence(answer) + circumstances(answer) + "\n" + breakdown(answer) + gain_text(answer) +
         runner_up_text(answer) + server_text(answer) + coverage_text(answer) + thresholds_text(answer) +
         cuts_table(answer, top);
}

}  // namespace ns
