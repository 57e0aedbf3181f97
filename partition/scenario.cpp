#include "partition/scenario.hpp"

#include "core/text.hpp"
#include "partition/pins.hpp"

#include <fmt/format.h>
#include <utility>

namespace ns {
namespace {

SideCosts side_costs(const Costs& costs) {
  return {costs.device, costs.overhead, costs.export_border, costs.import_border, costs.busy, costs.idle};
}

/// `base` for each tensor and so much for each byte.
Seconds border_time(const BorderCost& border, double tensors, Bytes size) {
  return tensors * border.base + Seconds{border.seconds_per_byte * size.value()};
}

/// Power of the device while it does what no group stands for. Declared, else the mean of its groups.
Watts power_beside_groups(const Scenario& scenario) {
  if (scenario.device.busy) return *scenario.device.busy;
  Seconds time{};
  Joules work;
  for (const auto& block : scenario.graph.blocks) {
    time += block.device;
    work += block.device_work;
  }
  return time > Seconds{} ? Watts{work.value() / time.count()} : Watts{};
}

/// Why the device's energy is not known; empty if it is.
std::string missing_energy(const Scenario& scenario) {
  if (!scenario.graph.unknown_power.empty())
    return scenario.graph.unknown_power + "; give power_w in its costs or busy_w in its device file";
  if (scenario.question.energy == EnergyModel::full && !scenario.device.idle)
    return fmt::format(
        "the idle power of '{}' is not known; give idle_w in its device or costs file, or ask "
        "with --energy paper",
        scenario.device.name);
  if (!scenario.link.radio)
    return fmt::format("the link '{}' says nothing of its radio's power; name a link file with 'radio'",
                       scenario.link.name);
  return {};
}

Tally device_only(const Scenario& scenario) {
  Tally tally;
  for (BlockId block = 0; block < scenario.graph.blocks.size(); ++block) {
    tally += scenario.device_tally(block);
    if (scenario.graph.blocks[block].runs) tally.device_runs = 1.0;
  }
  return tally;
}

/// Sums beyond what any device or link could mean would no longer tell cuts apart.
Result<void> check_size(const Scenario& scenario) {
  constexpr double most = 1e15;
  Tally all;
  all.requests = all.device_runs = all.server_runs = 1.0;
  for (BlockId block = 0; block < scenario.graph.blocks.size(); ++block) {
    all += scenario.device_tally(block);
    all += scenario.server_tally(block);
  }
  for (const auto& tensor : scenario.graph.tensors) {
    all += Scenario::upload(tensor);
    all += scenario.download(tensor);
  }
  const auto figures = scenario.figures(all);
  const auto sum = figures.latency().count() + figures.energy.value_or(Joules{}).value();
  if (sum <= most) return {};  // false for infinity as well
  return bad_input(
      fmt::format("costs and transfers add up to {} seconds and joules, which no net takes; check the "
                  "units of times, powers and rates",
                  sum));
}

/// The weights of a sum, divided by what the device alone would need.
Result<void> set_weights(Scenario& scenario) {
  const auto& objective = scenario.question.objective;
  if (objective.energy > 0.0 && !scenario.unknown_energy.empty())
    return failure(Errc::no_model, "no energy to minimise: " + scenario.unknown_energy);
  scenario.latency_weight = objective.latency;
  scenario.energy_weight = objective.energy;
  if (!objective.is_sum()) return {};
  const auto alone = scenario.figures(device_only(scenario));
  if (alone.latency() <= Seconds{} || alone.energy->value() <= 0.0)
    return failure(Errc::infeasible,
                   "a weighted sum divides by latency and energy of the device alone, and one of them is 0");
  scenario.latency_weight /= alone.latency().count();
  scenario.energy_weight /= alone.energy->value();
  return {};
}

Result<void> set_input_sizes(const Net& net, Scenario& scenario) {
  for (const auto& [name, size] : scenario.question.input_sizes) {
    std::vector<std::string> names;
    bool found = false;
    for (const auto input : net.inputs) {
      names.push_back(net.tensors[input].name);
      if (names.back() != name) continue;
      found = true;
      for (auto& tensor : scenario.graph.tensors)
        if (tensor.tensor == input) tensor.size = size;
    }
    if (!found)
      return failure(Errc::usage, fmt::format("the net has no input '{}'{}; it has {}", name,
                                              suggestion(name, names), list_of(names)));
  }
  return {};
}

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  device += other.device;
  device_work += other.device_work;
  server += other.server;
  up += other.up;
  up_tensors += other.up_tensors;
  down += other.down;
  down_tensors += other.down_tensors;
  requests += other.requests;
  device_runs += other.device_runs;
  server_runs += other.server_runs;
  return *this;
}

Figures Scenario::figures(const Tally& tally) const {
  Figures result;
  const auto extra = tally.device_runs * device.overhead +
                     border_time(device.export_border, tally.up_tensors, tally.up) +
                     border_time(device.import_border, tally.down_tensors, tally.down);
  result.device = tally.device + extra;
  result.uplink = tally.up / link.uplink;
  result.server = question.load * (tally.server + tally.server_runs * server.overhead +
                                   border_time(server.import_border, tally.up_tensors, tally.up) +
                                   border_time(server.export_border, tally.down_tensors, tally.down));
  result.downlink = tally.down / link.downlink;
  const auto promotion = question.cold_radio && link.radio ? link.radio->promotion : Seconds{};
  result.wait = tally.requests * (link.rtt + link.message + question.queue_wait + promotion);
  if (!unknown_energy.empty()) return result;

  const auto sending = *link.sending_power() * result.uplink;
  if (question.energy == EnergyModel::paper) {
    result.device_energy = tally.device_work;
    result.energy = tally.device_work + sending;
    return result;
  }
  result.device_energy = tally.device_work + overhead_power * extra;
  result.server_energy = *device.idle * result.server;
  const auto radio_states =
      link.radio->promotion_power * link.radio->promotion + link.radio->tail_power * link.radio->tail;
  result.energy = result.device_energy + result.server_energy +
                  *device.idle * (result.uplink + result.downlink + result.wait) + sending +
                  *link.receiving_power() * result.downlink +
                  (question.cold_radio ? tally.requests : 0.0) * radio_states;
  return result;
}

double Scenario::value(const Figures& figures) const {
  const auto latency = latency_weight > 0.0 ? latency_weight * figures.latency().count() : 0.0;
  const auto energy = energy_weight > 0.0 ? energy_weight * figures.energy->value() : 0.0;
  return latency + energy;
}

Tally Scenario::device_tally(BlockId block) const {
  Tally tally;
  tally.device = graph.blocks[block].device;
  tally.device_work = graph.blocks[block].device_work;
  return tally;
}

Tally Scenario::server_tally(BlockId block) const {
  Tally tally;
  tally.server = graph.blocks[block].server;
  return tally;
}

Tally Scenario::upload(const BlockTensor& tensor) {
  Tally tally;
  tally.up = tensor.size;
  tally.up_tensors = 1.0;
  return tally;
}

Tally Scenario::download(const BlockTensor& tensor) const {
  Tally tally;
  if (!tensor.output || !tensor.producer || question.result == Place::server) return tally;
  tally.down = tensor.size;
  tally.down_tensors = 1.0;
  return tally;
}

Result<Scenario> make_scenario(const Net& net, const Costs& device, const Costs& server, const Link& link,
                               const Question& question) {
  auto graph = make_blocks(net, device, server);
  if (!graph) return tl::unexpected{std::move(graph.error())};
  Scenario scenario;
  scenario.graph = std::move(*graph);
  scenario.device = side_costs(device);
  scenario.server = side_costs(server);
  scenario.link = link;
  scenario.question = question;
  scenario.overhead_power = power_beside_groups(scenario);
  scenario.unknown_energy = missing_energy(scenario);
  if (auto status = set_input_sizes(net, scenario); !status) return tl::unexpected{status.error()};
  auto fixed = fix_blocks(net, scenario.graph, question);
  if (!fixed) return tl::unexpected{std::move(fixed.error())};
  scenario.fixed = std::move(*fixed);
  if (auto status = check_size(scenario); !status) return tl::unexpected{status.error()};
  if (auto status = set_weights(scenario); !status) return tl::unexpected{status.error()};
  return scenario;
}

}  // namespace ns
