#include "apps/partition_answer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

void add_warnings(Answer& made) {
  const auto add = [&](const std::vector<std::string>& sentences) {
    for (const auto& sentence : sentences)
      if (std::ranges::find(made.warnings, sentence) == made.warnings.end())
        made.warnings.push_back(sentence);
  };
  add(made.net->warnings);
  add(made.device->warnings);
  add(made.server->warnings);
  add(made.scenario->graph.warnings);
  if (!made.scenario->unknown_energy.empty())
    made.unknown.push_back("the device's energy is not known: " + made.scenario->unknown_energy);
  for (const auto place : {Place::device, Place::server})
    if (!(place == Place::device ? made.device_only : made.server_only))
      made.unknown.push_back(fmt::format("{0}_only is null: pins keep layers off the {0}", to_string(place)));
}

/// Nothing where the best is no split, or pins rule out both sides alone.
std::optional<double> gain(const Answer& answer) {
  std::optional<double> alone;
  for (const auto* whole : {&answer.device_only, &answer.server_only})
    if (*whole) alone = std::min(alone.value_or((*whole)->value), (*whole)->value);
  if (!alone || !(*alone > answer.best.value)) return std::nullopt;
  return (*alone - answer.best.value) / *alone;
}

}  // namespace

Answer answer(const Net& net, const Costs& device, const Costs& server, const Scenario& scenario,
              const std::optional<Sweep>& sweep, double interval_level) {
  Answer made;
  made.net = &net;
  made.device = &device;
  made.server = &server;
  made.scenario = &scenario;
  made.interval_level = interval_level;
  made.factors = {interval_factor(device), interval_factor(server), energy_factor(device)};
  made.best = best_cut(scenario);
  made.device_only = one_sided(scenario, Place::device);
  made.server_only = one_sided(scenario, Place::server);
  // A split that gains nothing is none.
  for (const auto* whole : {&made.device_only, &made.server_only})
    if (*whole && (*whole)->value <= made.best.value) {
      made.best = **whole;
      break;
    }
  made.gain = gain(made);
  made.prefixes = prefix_cuts(scenario);
  made.runner_up = runner_up(scenario, made.best, made.prefixes);
  if (made.runner_up)
    made.too_close = too_close(scenario, made.best.figures, made.runner_up->cut.figures, made.factors);
  if (sweep) made.thresholds = thresholds(scenario, sweep->low, sweep->high);
  add_warnings(made);
  return made;
}

std::vector<const PrefixCut*> shown_cuts(const Answer& answer, std::optional<std::size_t> top) {
  std::vector<const PrefixCut*> cuts;
  cuts.reserve(answer.prefixes.size());
  for (const auto& cut : answer.prefixes) cuts.push_back(&cut);
  if (!top) return cuts;
  const auto count = std::min(*top, cuts.size());
  // Among equals the one with more on the device, as best_cut() prefers it.
  const auto better = [](const PrefixCut* a, const PrefixCut* b) {
    return a->value != b->value ? a->value < b->value : a->blocks > b->blocks;
  };
  std::partial_sort(cuts.begin(), cuts.begin() + static_cast<std::ptrdiff_t>(count), cuts.end(), better);
  cuts.resize(count);
  return cuts;
}

std::string plain_name(const Costs& costs) {
  return costs.device + (costs.modelled_device ? " (scaled)" : "");
}

std::string side_name(const Answer& answer, Place place) {
  const auto name = plain_name(place == Place::device ? *answer.device : *answer.server);
  const bool confusing = answer.device->device == answer.server->device ||
                         answer.device->device == "server" || answer.server->device == "device";
  return confusing && !answer.alone ? fmt::format("the {} {}", to_string(place), name) : name;
}

std::string prefix_label(const Answer& answer, const PrefixCut& cut) {
  if (cut.blocks == answer.scenario->graph.blocks.size()) return "device";
  return cut.after ? answer.net->layers[*cut.after].name : "server";
}

}  // namespace ns
