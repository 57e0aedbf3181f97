// The cut against enumeration of every closed set on random nets: costs are added up here from the definition
// and share no code with the library.
#include "partition/alternatives.hpp"
#include "partition/cut.hpp"
#include "small_net.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace ns {
namespace {

struct RandomCase {
  std::mt19937_64 random;
  Net net;
  Costs device;
  Costs server;
  Link link;
  Question question;
};

/// A whole number up to `most`, so that equal sums are equal.
double whole(RandomCase& made, int most) {
  return static_cast<double>(std::uniform_int_distribution<int>{0, most}(made.random));
}
bool often(RandomCase& made, int percent) { return whole(made, 99) < percent; }

void add_net(RandomCase& made, bool chain) {
  const auto count = 1 + static_cast<int>(whole(made, 11));
  const int inputs = chain || !often(made, 25) ? 1 : 2;
  std::vector<std::pair<std::string, std::int64_t>> given;
  std::vector<std::string> tensors;
  for (int i = 0; i < inputs; ++i) {
    tensors.push_back("x" + std::to_string(i));
    given.emplace_back(tensors.back(), static_cast<std::int64_t>(whole(made, 40)));
  }
  std::vector<test::SmallLayer> layers;
  for (int i = 0; i < count; ++i) {
    test::SmallLayer layer{"l" + std::to_string(i), {}, static_cast<std::int64_t>(whole(made, 40))};
    const auto reads = chain ? 1 : 1 + static_cast<int>(whole(made, 2));
    for (int k = 0; k < reads; ++k) {
      const auto from = chain ? tensors.size() - 1
                              : static_cast<std::size_t>(whole(made, static_cast<int>(tensors.size()) - 1));
      if (std::find(layer.inputs.begin(), layer.inputs.end(), tensors[from]) == layer.inputs.end())
        layer.inputs.push_back(tensors[from]);
    }
    layer.free = layer.inputs.size() == 1 && often(made, 10);
    tensors.push_back(layer.name);
    layers.push_back(layer);
  }
  std::vector<std::string> outputs;
  if (often(made, 30)) outputs = {layers[static_cast<std::size_t>(whole(made, count - 1))].name};
  made.net = test::small_net(given, layers, outputs);
}

const Layer& layer_of(const Net& net, const std::string& name) {
  return *std::find_if(net.layers.begin(), net.layers.end(),
                       [&](const Layer& layer) { return layer.name == name; });
}

/// Layers that cost nothing anywhere: free by type, and no group gives them a time or another layer.
std::uint32_t idle_layers(const RandomCase& given) {
  std::uint32_t idle = 0;
  for (LayerId layer = 0; layer < given.net.layers.size(); ++layer) {
    bool is_idle = is_free(given.net.layers[layer].params);
    for (const auto* side : {&given.device, &given.server})
      for (const auto& group : side->groups) {
        bool named = false;
        bool all_free = true;
        for (const auto& name : group.layers) {
          named |= name == given.net.layers[layer].name;
          all_free &= is_free(layer_of(given.net, name).params);
        }
        if (named && (!all_free || group.time > Seconds{})) is_idle = false;
      }
    if (is_idle) idle |= 1U << layer;
  }
  return idle;
}

Costs random_costs(RandomCase& made, const std::string& device) {
  Costs costs;
  costs.device = device;
  std::vector<std::string> names;
  for (const auto& layer : made.net.layers)
    if (!is_free(layer.params) || often(made, 50)) names.push_back(layer.name);
  for (std::size_t i = 0; i < names.size();) {
    GroupCost group;
    const auto size = often(made, 20) ? std::min<std::size_t>(2, names.size() - i) : std::size_t{1};
    for (std::size_t k = 0; k < size; ++k) group.layers.push_back(names[i++]);
    group.time = Seconds{whole(made, 60)};
    bool all_free = true;
    for (const auto& name : group.layers) all_free &= is_free(layer_of(made.net, name).params);
    if (all_free && often(made, 80)) group.time = Seconds{};
    group.power = Watts{1.0 + whole(made, 3)};
    costs.groups.push_back(group);
  }
  const auto border = [&] { return BorderCost{Seconds{whole(made, 3)}, 0.25 * whole(made, 1)}; };
  if (often(made, 50)) costs.overhead = Seconds{whole(made, 30)};
  if (often(made, 50)) costs.export_border = border();
  if (often(made, 50)) costs.import_border = border();
  costs.busy = Watts{3.0};
  costs.idle = Watts{1.0};
  return costs;
}

RandomCase random_case(std::uint64_t seed, bool chain = false) {
  RandomCase made;
  made.random.seed(seed);
  add_net(made, chain);
  made.device = random_costs(made, "board");
  made.server = random_costs(made, "rack");
  for (auto& group : made.server.groups)
    if (often(made, 70)) group.time = Seconds{std::floor(group.time.count() / 8.0)};
  made.link = test::small_link(4.0, Seconds{whole(made, 20)});
  made.link.downlink = BytesPerSecond{8.0};
  made.link.message = Seconds{whole(made, 2)};
  made.link.radio = Radio{0.0, 0.0, Watts{2.0}, Seconds{4.0}, Watts{2.0}, Seconds{8.0}, Watts{1.0}};
  made.question.load = often(made, 30) ? 2.0 : 1.0;
  made.question.result = often(made, 50) ? Place::device : Place::server;
  made.question.cold_radio = often(made, 20);
  made.question.keep_input = often(made, 10);
  made.question.queue_wait = Seconds{whole(made, 2)};
  made.question.energy = often(made, 20) ? EnergyModel::paper : EnergyModel::full;
  if (often(made, 40)) made.question.objective = Objective{0.0, 1.0};
  for (const auto& layer : made.net.layers)
    if (!is_free(layer.params) && often(made, 6))
      made.question.pins.push_back(Pin{layer.name, often(made, 50) ? Place::device : Place::server});
  return made;
}

/// The objective of one placement of layers, or nothing if it is no cut: computed from the definition.
class Enumeration {
 public:
  explicit Enumeration(const RandomCase& given) : given_{given}, idle_{idle_layers(given)} {
    for (TensorId id = 0; id < given.net.tensors.size(); ++id) original_.push_back(id);
    for (LayerId id = 0; id < given.net.layers.size(); ++id) {
      const auto& layer = given.net.layers[id];
      const auto producer = given.net.tensors[layer.inputs.front()].producer;
      if (!is_free(layer.params) || !producer) continue;
      if (idle(id) || inseparable(id, *producer))
        original_[layer.outputs.front()] = original_[layer.inputs.front()];
    }
  }

  std::optional<double> value(std::uint32_t on_device) const {
    if (!allowed(on_device)) return std::nullopt;
    const auto here = [&](LayerId layer) { return (on_device >> layer & 1U) != 0; };
    double device = 0.0, work = 0.0, server = 0.0, up = 0.0, up_count = 0.0, down = 0.0, down_count = 0.0;
    for (const auto& group : given_.device.groups)
      if (here(id(group.layers.front()))) {
        device += group.time.count();
        work += group.time.count() * group.power->value();
      }
    for (const auto& group : given_.server.groups)
      if (!here(id(group.layers.front()))) server += group.time.count();
    bool any_server = false, device_runs = false, server_runs = false;
    for (LayerId layer = 0; layer < given_.net.layers.size(); ++layer) {
      any_server |= !here(layer);
      if (idle(layer)) continue;
      (here(layer) ? device_runs : server_runs) = true;
    }
    std::uint32_t sent = 0;
    for (TensorId id = 0; id < given_.net.tensors.size(); ++id) {
      const auto& tensor = given_.net.tensors[id];
      const auto size = tensor.type.bytes().value();
      const bool made_here = !tensor.producer || here(*tensor.producer);
      bool needed_there = false;
      for (const auto consumer : tensor.consumers) needed_there |= !here(consumer);
      const bool is_output = std::count(given_.net.outputs.begin(), given_.net.outputs.end(), id) > 0;
      if (made_here && needed_there && (sent >> original_[id] & 1U) == 0) {
        sent |= 1U << original_[id];  // the same content crosses once
        up += size;
        up_count += 1.0;
      }
      if (!made_here && is_output && given_.question.result == Place::device) {
        down += size;
        down_count += 1.0;
      }
    }
    const auto border = [](const BorderCost& cost, double count, double size) {
      return count * cost.base.count() + size * cost.seconds_per_byte;
    };
    const double extra = (device_runs ? given_.device.overhead.count() : 0.0) +
                         border(given_.device.export_border, up_count, up) +
                         border(given_.device.import_border, down_count, down);
    const double remote =
        given_.question.load * (server + (server_runs ? given_.server.overhead.count() : 0.0) +
                                border(given_.server.import_border, up_count, up) +
                                border(given_.server.export_border, down_count, down));
    const bool cold = given_.question.cold_radio;
    const double wait = any_server ? given_.link.rtt.count() + given_.link.message.count() +
                                         given_.question.queue_wait.count() + (cold ? 4.0 : 0.0)
                                   : 0.0;
    const double latency = device + extra + up / 4.0 + remote + down / 8.0 + wait;
    if (given_.question.objective.latency > 0.0) return latency;
    if (given_.question.energy == EnergyModel::paper) return work + 2.0 * up / 4.0;
    // Idle power all the time, what groups and extras draw above it, the radio above idle.
    return 1.0 * latency + (work - 1.0 * device) + (3.0 - 1.0) * extra + 2.0 * (up / 4.0 + down / 8.0) +
           (cold && any_server ? 2.0 * 4.0 + 1.0 * 8.0 : 0.0);
  }

 private:
  LayerId id(const std::string& name) const {
    for (LayerId layer = 0; layer < given_.net.layers.size(); ++layer)
      if (given_.net.layers[layer].name == name) return layer;
    return 0;
  }

  [[nodiscard]] bool idle(LayerId layer) const { return (idle_ >> layer & 1U) != 0; }

  /// Whether no closed set of whole groups parts the two layers.
  bool inseparable(LayerId a, LayerId b) const {
    for (std::uint32_t mask = 0; mask < 1U << given_.net.layers.size(); ++mask)
      if (((mask >> a ^ mask >> b) & 1U) != 0 && whole(mask)) return false;
    return true;
  }

  /// One-way, and no group is torn.
  bool whole(std::uint32_t on_device) const {
    const auto here = [&](LayerId layer) { return (on_device >> layer & 1U) != 0; };
    for (const auto& tensor : given_.net.tensors)
      for (const auto consumer : tensor.consumers)
        if (tensor.producer && !here(*tensor.producer) && here(consumer)) return false;
    for (const auto* side : {&given_.device, &given_.server})
      for (const auto& group : side->groups)
        for (const auto& name : group.layers)
          if (!idle(id(name)) && here(id(name)) != here(id(group.layers.front()))) return false;
    return true;
  }

  bool allowed(std::uint32_t on_device) const {
    const auto here = [&](LayerId layer) { return (on_device >> layer & 1U) != 0; };
    if (!whole(on_device)) return false;
    for (const auto input : given_.net.inputs)
      for (const auto consumer : given_.net.tensors[input].consumers)
        if (given_.question.keep_input && !here(consumer)) return false;
    for (const auto& pin : given_.question.pins)
      if (here(id(pin.layer)) != (pin.place == Place::device)) return false;
    return true;
  }

  const RandomCase& given_;
  std::uint32_t idle_;
  std::vector<TensorId> original_;  // by tensor, the one with the same content
};

struct Enumerated {
  double best = std::numeric_limits<double>::infinity();
  int cuts = 0;
};

Enumerated enumerate(const RandomCase& given) {
  const Enumeration enumeration{given};
  Enumerated result;
  for (std::uint32_t mask = 0; mask < 1U << given.net.layers.size(); ++mask) {
    const auto value = enumeration.value(mask);
    if (!value) continue;
    ++result.cuts;
    result.best = std::min(result.best, *value);
  }
  return result;
}

std::uint32_t mask_of(const RandomCase& given, const Scenario& scenario, const Cut& cut) {
  std::uint32_t mask = 0;
  for (LayerId layer = 0; layer < given.net.layers.size(); ++layer)
    if (cut.on_device[scenario.graph.block_of[layer]]) mask |= 1U << layer;
  return mask;
}

/// The best value of the placements that agree with `mask` on all layers that run: where a free layer stands
/// is of no interest, and its tensor and its producer's are sent as one.
std::optional<double> value_of_kernels(const RandomCase& given, std::uint32_t mask) {
  const auto free = idle_layers(given);
  const Enumeration enumeration{given};
  std::optional<double> best;
  for (auto placed = free;; placed = (placed - 1) & free) {
    const auto value = enumeration.value((mask & ~free) | placed);
    if (value && (!best || *value < *best)) best = value;
    if (placed == 0) return best;
  }
}

TEST(BestCut, EqualsTheBestOfAllClosedSetsOnRandomNets) {
  constexpr std::uint64_t cases = 6000;
  int compared = 0;
  int splits = 0;
  int infeasible = 0;
  for (std::uint64_t seed = 1; seed <= cases; ++seed) {
    const auto given = random_case(seed);
    const auto truth = enumerate(given);
    const auto scenario = make_scenario(given.net, given.device, given.server, given.link, given.question);
    ASSERT_EQ(scenario.has_value(), truth.cuts > 0) << "seed " << seed;
    if (!scenario) {
      EXPECT_EQ(scenario.error().code, Errc::infeasible);
      ++infeasible;
      continue;
    }
    const auto cut = best_cut(*scenario);
    ASSERT_NEAR(cut.value, truth.best, 1e-9 * (1.0 + truth.best)) << "seed " << seed;
    const auto mask = mask_of(given, *scenario, cut);
    const auto priced = value_of_kernels(given, mask);
    ASSERT_TRUE(priced) << "seed " << seed << ": the cut breaks a rule";
    ASSERT_NEAR(*priced, cut.value, 1e-9 * (1.0 + truth.best)) << "seed " << seed;
    const auto whole = best_cut(*scenario, PricedGraph{*scenario, false}, scenario->fixed);
    ASSERT_EQ(whole.on_device, cut.on_device) << "seed " << seed << ": parting the net changed the cut";
    ++compared;
    if (mask != 0 && mask != (1U << given.net.layers.size()) - 1) ++splits;
  }
  EXPECT_GE(compared, 5000);
  EXPECT_GT(splits, 500);
  EXPECT_GT(infeasible, 50);
}

TEST(BestCut, HasTheMostOnTheDeviceAmongEquals) {
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    const auto given = random_case(seed);
    const auto scenario = make_scenario(given.net, given.device, given.server, given.link, given.question);
    if (!scenario) continue;
    const auto cut = best_cut(*scenario);
    const auto mask = mask_of(given, *scenario, cut);
    const Enumeration enumeration{given};
    const auto idle = idle_layers(given);
    for (std::uint32_t other = 0; other < 1U << given.net.layers.size(); ++other) {
      // Layers that no kernel runs hang on their producer.
      if ((mask & ~other) != 0 || (other & ~mask & ~idle) == 0) continue;
      const auto value = enumeration.value(other);
      ASSERT_FALSE(value && *value < cut.value + 1e-9) << "seed " << seed << ", placement " << other;
    }
  }
}

TEST(RunnerUp, IsTheSecondBestOfAllClosedSets) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    auto given = random_case(seed);
    const auto scenario = make_scenario(given.net, given.device, given.server, given.link, given.question);
    if (!scenario) continue;
    const auto best = best_cut(*scenario);
    const auto mask = mask_of(given, *scenario, best);
    auto second = std::numeric_limits<double>::infinity();
    const Enumeration enumeration{given};
    const auto idle = idle_layers(given);
    for (std::uint32_t other = 0; other < 1U << given.net.layers.size(); ++other) {
      const auto value = ((other ^ mask) & ~idle) != 0 ? enumeration.value(other) : std::nullopt;
      if (value) second = std::min(second, *value);
    }
    RunnerUpLimits limits;
    limits.time = std::chrono::minutes{10};
    const auto found = runner_up(*scenario, best, prefix_cuts(*scenario), limits);
    ASSERT_EQ(found.has_value(), std::isfinite(second)) << "seed " << seed;
    if (!found) continue;
    EXPECT_TRUE(found->proven);
    ASSERT_NEAR(found->cut.value, second, 1e-9 * (1.0 + second)) << "seed " << seed;
    ++compared;
  }
  EXPECT_GT(compared, 1000);
}

TEST(ChainScan, EqualsTheMinimumCutOnRandomChains) {
  int compared = 0;
  for (std::uint64_t seed = 1; compared < 1000 && seed < 4000; ++seed) {
    const auto given = random_case(seed, true);
    const auto scenario = make_scenario(given.net, given.device, given.server, given.link, given.question);
    if (!scenario) continue;
    auto scanned = std::numeric_limits<double>::infinity();
    for (const auto& prefix : prefix_cuts(*scenario)) scanned = std::min(scanned, prefix.value);
    const auto whole = best_cut(*scenario, PricedGraph{*scenario, false}, scenario->fixed);
    ASSERT_NEAR(scanned, whole.value, 1e-9 * (1.0 + scanned)) << "seed " << seed;
    ++compared;
  }
  EXPECT_EQ(compared, 1000);
}

TEST(PrefixCuts, CostWhatTheirPlacementsCost) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto given = random_case(seed);
    const auto scenario = make_scenario(given.net, given.device, given.server, given.link, given.question);
    if (!scenario) continue;
    for (const auto& prefix : prefix_cuts(*scenario)) {
      std::uint32_t mask = 0;
      std::size_t layers = 0;
      for (LayerId layer = 0; layer < given.net.layers.size(); ++layer)
        if (scenario->graph.block_of[layer] < prefix.blocks) {
          mask |= 1U << layer;
          ++layers;
        }
      // Placing free layers better than a prefix does is another prefix.
      const auto value = Enumeration{given}.value(mask);
      ASSERT_TRUE(value) << "seed " << seed;
      ASSERT_LE(prefix.value, *value + 1e-9 * (1.0 + prefix.value)) << "seed " << seed;
      ASSERT_GE(prefix.value, *value_of_kernels(given, mask) - 1e-9 * (1.0 + prefix.value))
          << "seed " << seed;
      ASSERT_EQ(layers, prefix.layers);
    }
  }
}

TEST(Bandwidth, NeverRaisesTheLatencyNorLowersTheBytesThatCross) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    auto given = random_case(seed);
    given.question.objective = Objective{};
    given.question.result = Place::server;  // so that one rate alone decides
    auto scenario = make_scenario(given.net, given.device, given.server, given.link, given.question);
    if (!scenario) continue;
    auto latency = std::numeric_limits<double>::infinity();
    double bytes = 0.0;
    for (const double rate : {0.1, 0.5, 1.0, 3.0, 10.0, 40.0, 1000.0}) {
      set_uplink(*scenario, BytesPerSecond{rate});
      const auto cut = best_cut(*scenario);
      EXPECT_LE(cut.value, latency + 1e-9) << "seed " << seed << " at " << rate;
      EXPECT_GE(cut.tally.up.value(), bytes - 1e-9) << "seed " << seed << " at " << rate;
      latency = cut.value;
      bytes = cut.tally.up.value();
    }
  }
}

TEST(Load, NeverShrinksTheDevicesShare) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    auto given = random_case(seed);
    given.question.objective = Objective{};
    std::uint32_t before = 0;
    for (const double load : {1.0, 1.5, 2.0, 5.0, 20.0, 1000.0}) {
      given.question.load = load;
      const auto scenario = make_scenario(given.net, given.device, given.server, given.link, given.question);
      if (!scenario) break;
      const auto mask = mask_of(given, *scenario, best_cut(*scenario));
      EXPECT_EQ(before & ~mask, 0U) << "seed " << seed << " at load " << load;
      before = mask;
    }
  }
}

TEST(Thresholds, PartTheBandwidthsByTheirBestCuts) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto given = random_case(seed);
    auto scenario = make_scenario(given.net, given.device, given.server, given.link, given.question);
    if (!scenario) continue;
    const auto changes = thresholds(*scenario, BytesPerSecond{0.01}, BytesPerSecond{1e6});
    auto before = 0.01;
    for (const auto& change : changes) {
      EXPECT_GT(change.uplink.value(), before * (1.0 - 1e-9)) << "seed " << seed;
      before = change.uplink.value();
      for (const double side : {0.999999, 1.000001}) {
        set_uplink(*scenario, BytesPerSecond{change.uplink.value() * side});
        const auto resolved = best_cut(*scenario);
        const auto& expected = side < 1.0 ? change.from : change.to;
        EXPECT_NEAR(resolved.value, scenario->price(expected.tally), 1e-9 * (1.0 + resolved.value))
            << "seed " << seed;
      }
      ++found;
    }
    // Between two changes nothing else is better.
    for (double rate = 0.02; rate < 1e6; rate *= 3.0) {
      set_uplink(*scenario, BytesPerSecond{rate});
      const Cut* named = nullptr;
      for (const auto& change : changes)
        if (change.uplink.value() <= rate) named = &change.to;
      if (named == nullptr && !changes.empty()) named = &changes.front().from;
      const auto resolved = best_cut(*scenario);
      const auto price = named != nullptr ? scenario->price(named->tally) : resolved.value;
      EXPECT_NEAR(resolved.value, price, 1e-9 * (1.0 + price)) << "seed " << seed << " at " << rate;
    }
  }
  EXPECT_GT(found, 150);
}

}  // namespace
}  // namespace ns
