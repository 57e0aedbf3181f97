#include "partition/predicted_costs.hpp"

#include "core/text.hpp"
#include "net/group.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace ns {
namespace {

/// Names of the file's layers that a group stands for.
std::vector<std::string> sources_of(const Net& net, const Group& group) {
  std::vector<std::string> names;
  for (const auto id : group.layers) {
    const auto& layer = net.layers[id];
    if (layer.sources.empty()) names.push_back(layer.name);
    for (const auto& source : layer.sources)
      if (std::ranges::find(names, source) == names.end()) names.push_back(source);
  }
  return names;
}

bool is_free_group(const Group& group) {
  return group.config.epilogue.empty() && is_free(group.config.params);
}

/// Floors speak of their layer too: which model is missing is what the reader wants to know.
std::string note_of(const Prediction& prediction) {
  return prediction.outside.empty() ? prediction.family
                                    : fmt::format("{}; {}", prediction.family, prediction.outside);
}

/// Declared watts of a modelled device are those of the device that it stands for; measured ones are not.
bool takes_measured_power(const Device& device) { return !(device.modelled && device.busy); }

GroupCost cost_of(const Prediction& prediction, Seconds per_group, bool power_counts) {
  GroupCost cost;
  cost.time = prediction.time + per_group;
  if (prediction.low) cost.low = *prediction.low + per_group;
  if (prediction.high) cost.high = *prediction.high + per_group;
  if (power_counts) cost.power = prediction.power;
  if (cost.power && prediction.energy_factor) {
    cost.energy_low = 1.0 / *prediction.energy_factor * (*cost.power * cost.time);
    cost.energy_high = *prediction.energy_factor * (*cost.power * cost.time);
  }
  cost.source = Source::predicted;
  cost.modelled = prediction.family != "floor";
  cost.note = note_of(prediction);
  return cost;
}

BorderCost border_of(const BoundaryCost& cost) { return {cost.base, cost.seconds_per_byte}; }

Costs empty_costs(const Net& net, const Predictor& predictor, const Device& device,
                  const PredictOptions& options) {
  Costs costs;
  costs.net = net.file.empty() ? net.name : std::filesystem::path{net.file}.filename().string();
  costs.device = device.name;
  costs.predictor = predictor.hash();
  costs.overhead = predictor.correction().per_net;
  costs.export_border = border_of(predictor.export_cost());
  costs.import_border = border_of(predictor.import_cost());
  costs.interval_factor = predictor.net_factor(options.interval_level);
  costs.interval_level = options.interval_level;
  costs.modelled_device = device.modelled;
  costs.busy = device.busy;
  costs.idle = device.idle;
  costs.power_source = device.power_source;
  if (!predictor.power() || !takes_measured_power(device)) return costs;
  const auto& power = *predictor.power();
  costs.energy_factor = predictor.net_energy_factor(options.interval_level);
  costs.busy.reset();  // measured of each group
  if (power.idle) costs.idle = power.idle;
  costs.power_source = fmt::format("measured by {}: {}", power.meter, power.rail);
  return costs;
}

/// One sentence on all groups that no model covers; the totals, lower bounds then, have no interval.
void warn_of_floors(Costs& costs) {
  const auto missing =
      std::ranges::count_if(costs.groups, [](const GroupCost& group) { return !group.modelled; });
  if (missing == 0) return;
  costs.interval_factor.reset();
  costs.energy_factor.reset();
  costs.warnings.push_back(
      fmt::format("without a model on {}: {} of {}, counted with the least time there can be, so totals "
                  "are lower bounds",
                  costs.device, missing, counted(costs.groups.size(), "group")));
}

}  // namespace

Result<Costs> predict_costs(const Net& folded, const Predictor& predictor, const Device& device,
                            const PredictOptions& options) {
  auto costs = empty_costs(folded, predictor, device, options);
  for (const auto& one : group(folded, options.fuse ? predictor.rules() : FusionRules{})) {
    const auto prediction = predictor.predict(one.config, options.allow_missing, options.interval_level);
    if (!prediction) {
      auto error = prediction.error();
      if (error.code == Errc::no_model)
        error.message += ", or use --allow-missing to count the least that it can take";
      return tl::unexpected{
          std::move(error).within(fmt::format("layer {}", folded.layers[one.layers[0]].name))};
    }
    auto cost = cost_of(*prediction, is_free_group(one) ? Seconds{0} : predictor.correction().per_group,
                        takes_measured_power(device));
    cost.layers = sources_of(folded, one);
    if (const auto counted = ns::cost(one.config)) cost.macs = counted->macs;
    if (!cost.power) cost.power = device.busy;
    costs.groups.push_back(std::move(cost));
  }
  warn_of_floors(costs);
  scale_times(costs, device.time_scale);
  return costs;
}

}  // namespace ns
