#include "partition/interval.hpp"

#include "partition/alternatives.hpp"
#include "small_net.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace ns {
namespace {

Figures figures(double device, double server, double link) {
  Figures made;
  made.device = Seconds{device};
  made.server = Seconds{server};
  made.uplink = Seconds{link};
  return made;
}

TEST(Interval, AddsTheSidesWidthsAsIndependentErrors) {
  // 3 s within a factor of 2 and 8 s within a factor of 1.5: 3 and 4 above; 1.5 and 8/3 below.
  const auto range = latency_range(figures(3.0, 8.0, 5.0), {2.0, 1.5}).value();
  EXPECT_DOUBLE_EQ(range.high.count(), 16.0 + 5.0);
  EXPECT_NEAR(range.low.count(), 16.0 - std::hypot(1.5, 8.0 / 3.0), 1e-12);
}

TEST(Interval, IsUnknownOnlyWhereASideThatTakesPartIsUnknown) {
  EXPECT_FALSE(latency_range(figures(3.0, 8.0, 5.0), {2.0, std::nullopt}));
  const auto alone = latency_range(figures(3.0, 0.0, 0.0), {2.0, std::nullopt}).value();
  EXPECT_DOUBLE_EQ(alone.low.count(), 1.5);
  EXPECT_DOUBLE_EQ(alone.high.count(), 6.0);
}

TEST(Interval, OfGivenCostsIsWhatTheirEndsAddUpTo) {
  auto costs = test::small_costs("board", {{"a", 10}, {"b", 30}});
  EXPECT_FALSE(interval_factor(costs));
  costs.groups[0].low = Seconds{0.008};
  costs.groups[0].high = Seconds{0.012};
  EXPECT_FALSE(interval_factor(costs));
  costs.groups[1].low = Seconds{0.024};
  costs.groups[1].high = Seconds{0.036};
  EXPECT_NEAR(*interval_factor(costs), 1.25, 1e-12);
  costs.interval_factor = 1.1;
  EXPECT_EQ(interval_factor(costs), 1.1);
}

TEST(Interval, OfEnergyIsOfTheMeterWherePowerWasMeasured) {
  auto costs = test::small_costs("board", {{"a", 10}, {"b", 30}});
  costs.interval_factor = 1.1;
  for (auto& group : costs.groups) group.power = Watts{2};
  EXPECT_EQ(energy_factor(costs), 1.1) << "declared powers are certain";
  costs.groups[0].energy_low = Joules{0.016};
  costs.groups[0].energy_high = Joules{0.024};
  EXPECT_FALSE(energy_factor(costs));
  costs.groups[1].energy_low = Joules{0.048};
  costs.groups[1].energy_high = Joules{0.072};
  EXPECT_NEAR(*energy_factor(costs), 1.25, 1e-12);
  costs.energy_factor = 1.3;
  EXPECT_EQ(energy_factor(costs), 1.3);
}

TEST(Interval, OfEnergyAddsTheDevicesWorkAndItsWaiting) {
  auto made = figures(3.0, 8.0, 5.0);
  made.energy = Joules{20};
  made.device_energy = Joules{6};  // within a factor of 2
  made.server_energy = Joules{4};  // waiting for the server, whose time is within a factor of 1.5
  const auto range = energy_range(made, {std::nullopt, 1.5, 2.0}).value();
  EXPECT_NEAR(range.high.value(), 20.0 + std::hypot(6.0, 2.0), 1e-12);
  EXPECT_NEAR(range.low.value(), 20.0 - std::hypot(3.0, 4.0 / 3.0), 1e-12);
  EXPECT_FALSE(energy_range(made, {2.0, 1.5, std::nullopt}));
}

TEST(Interval, OfTheDifferenceKnowsWhatTheCutsShare) {
  const auto net = test::small_net({{"x", 1}}, {{"a", {"x"}, 1}, {"b", {"a"}, 1}});
  const auto costs = test::small_costs("same", {{"a", 1}, {"b", 1}});
  const auto scenario = make_scenario(net, costs, costs, test::small_link(1.0), Question{}).value();
  // 100 s in common; 1 s of device time stands against 1.4 s of link time, which is certain.
  const auto best = figures(101.0, 0.0, 0.0);
  const auto other = figures(100.0, 0.0, 1.4);
  EXPECT_FALSE(too_close(scenario, best, other, {1.2, 1.2}));
  EXPECT_TRUE(too_close(scenario, best, other, {1.5, 1.5}));
  EXPECT_FALSE(too_close(scenario, best, other, {std::nullopt, std::nullopt}));
  EXPECT_TRUE(too_close(scenario, best, best, {std::nullopt, std::nullopt}));
}

TEST(Coverage, IsTheShareOfTimeThatIsNoFloor) {
  auto costs = test::small_costs("board", {{"a", 10}, {"b", 30}});
  EXPECT_EQ(coverage_of(costs).time, 1.0);
  costs.groups[0].modelled = false;
  EXPECT_DOUBLE_EQ(coverage_of(costs).time, 0.75);
  EXPECT_EQ(coverage_of(Costs{}).time, 1.0);
}

TEST(RunnerUp, OfALargeNetIsTheBestPrefixAndSaysSo) {
  std::vector<test::SmallLayer> layers;
  std::vector<std::pair<std::string, double>> device;
  std::vector<std::pair<std::string, double>> server;
  for (int i = 0; i < 600; ++i) {
    const auto name = "l" + std::to_string(i);
    layers.push_back({name, {i == 0 ? std::string{"x"} : "l" + std::to_string(i - 1)}, 600 - i});
    device.emplace_back(name, 1.0);
    server.emplace_back(name, 0.1);
  }
  const auto net = test::small_net({{"x", 100000}}, layers);
  const auto scenario = make_scenario(net, test::small_costs("board", device),
                                      test::small_costs("rack", server), test::small_link(40e3), Question{})
                            .value();
  const auto best = best_cut(scenario);
  const auto other = runner_up(scenario, best, prefix_cuts(scenario)).value();
  EXPECT_FALSE(other.proven);
  EXPECT_GE(other.cut.value, best.value);
  EXPECT_NE(other.cut.on_device, best.on_device);
}

}  // namespace
}  // namespace ns
