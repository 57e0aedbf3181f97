// The cut against enumeration of every closed set on random nets.
#include "partition/alternatives.hpp"
#include "partition/cut.hpp"
#include "random_case.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace ns {
namespace {

using test::enumerate;
using test::Enumeration;
using test::idle_layers;
using test::mask_of;
using test::random_case;
using test::value_of_kernels;

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
