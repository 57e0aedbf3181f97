// Powers: rows of a pass of their own, brought together with times; intervals of energies that hold.
#include "kernels/fake/fake.hpp"
#include "partition/predicted_costs.hpp"
#include "profiler/power_pass.hpp"
#include "regression/conformal.hpp"
#include "regression/fit.hpp"
#include "regression/net_fit.hpp"
#include "regression/predictor_print.hpp"
#include "synthetic.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>

namespace ns {
namespace {

using testing::HasSubstr;

PowerRow drawn(std::string layer, double watts, double time, const std::string& rail = "VDD_IN") {
  PowerRow row{.layer = std::move(layer), .runs = 100, .time = Seconds{time}, .settled = true};
  row.meters.push_back(
      MeterPower{.meter = "ina3221", .rail = rail, .power = Watts{watts}, .idle = Watts{1.5}});
  return row;
}

/// 2 W while nothing is computed, 20 GFLOPS at 8 W above that, 5 GB/s at 3 W above.
double watts_of(const LayerFacts& layer) {
  const auto bytes = layer.input + layer.output + layer.weights;
  return 2.0 + (8.0 * layer.flops.value() / 20e9 + 3.0 * bytes.value() / 5e9) / plain_device(layer);
}

TEST(PowerRows, AreBroughtTogetherWithTheTimesOfTheirLayers) {
  auto profile = synthetic_profile(random_fcs(60, 1), plain_device, 0.0, 1);
  for (const auto& layer : random_fcs(30, 1)) {
    const auto facts = facts_of_text(layer);
    profile.rows.emplace_back(drawn(layer, watts_of(facts), plain_device(facts)));
  }
  profile.rows.emplace_back(drawn("softmax@1x10", 3.0, 1e-5));
  profile.rows.emplace_back(drawn("fc:features=7@1x9", 90.0, 1e-5, "VDD_CPU_GPU_CV"));
  const auto data = collect(std::vector{profile});
  ASSERT_EQ(data.types.size(), 1U);
  EXPECT_EQ(data.types[0].rows.size(), 60U);
  EXPECT_EQ(data.types[0].powers.size(), 30U);
  EXPECT_EQ(data.power, (PowerSource{"ina3221", "VDD_IN", Watts{1.5}, std::nullopt}));
  EXPECT_THAT(data.warnings,
              testing::Contains(HasSubstr("1 power row is of another meter than ina3221 (VDD_IN)")));
  EXPECT_THAT(data.warnings,
              testing::Contains(HasSubstr("softmax: its power was measured but not its time")));
}

TEST(PowerRows, ThatFailedTeachNothing) {
  auto profile = synthetic_profile(random_fcs(10, 1), plain_device, 0.0, 1);
  PowerRow failed{.layer = "fc:features=7@1x9", .status = RowStatus::failed, .reason = "stuck"};
  profile.rows.emplace_back(failed);
  const auto data = collect(std::vector{profile});
  EXPECT_TRUE(data.types[0].powers.empty());
  EXPECT_FALSE(data.power);
  EXPECT_EQ(data.unusable, 1U);
}

TEST(PowerFit, FindsEnergyOverTime) {
  auto profile = synthetic_profile(random_fcs(40, 1), plain_device, 0.0, 1);
  for (const auto& layer : random_fcs(40, 1)) {
    const auto facts = facts_of_text(layer);
    profile.rows.emplace_back(drawn(layer, watts_of(facts), plain_device(facts)));
  }
  const auto fitted = fit(std::vector{profile}, {});
  ASSERT_TRUE(fitted) << fitted.error().message;
  EXPECT_EQ(fitted->data.types[0].power->family, "energy");
  for (const auto& layer : random_fcs(20, 9)) {
    const auto prediction = predict(fitted->data, *parse_layer(layer), false, 0.9);
    ASSERT_TRUE(prediction && prediction->power);
    EXPECT_NEAR(prediction->power->value() / watts_of(facts_of_text(layer)), 1.0, 0.01) << layer;
  }
  const auto text = print_predictor(*fitted, {}, {});
  const auto read = Predictor::parse(text, "board");
  ASSERT_TRUE(read) << read.error().message;
  auto kept = read->power();
  ASSERT_TRUE(kept && kept->most);
  EXPECT_NEAR(*kept->most / *fitted->data.power->most, 1.0, 1e-5);  // numbers are written with few digits
  kept->most = fitted->data.power->most;
  EXPECT_EQ(kept, fitted->data.power);
  const auto layer = *parse_layer("fc:features=100@1x1000");
  const auto before = predict(fitted->data, layer, false, 0.9);
  const auto after = read->predict(layer);
  ASSERT_TRUE(before && after && after->power && after->energy_factor);
  EXPECT_NEAR(*after->power / *before->power, 1.0, 1e-4);
  EXPECT_NEAR(*after->energy_factor, *before->energy_factor, 1e-4);
}

TEST(PowerFit, NoLayerIsPredictedToDrawMoreThanAnyDid) {
  auto profile = synthetic_profile(random_fcs(40, 1), plain_device, 0.0, 1);
  for (const auto* const layer : {"fc:features=8@1x8", "fc:features=64@1x64", "fc:features=512@1x64"})
    profile.rows.emplace_back(drawn(layer, 1.0 + 1e-6 * facts_of_text(layer).flops.value(), 1e-3));
  const auto fitted = fit(std::vector{profile}, {});
  ASSERT_TRUE(fitted) << fitted.error().message;
  EXPECT_THAT(fitted->warnings, Contains(HasSubstr("powers of fc were fitted from fewer than 8 layers")));
  const auto large = predict(fitted->data, *parse_layer("fc:features=4096@1x9216"), false, 0.9);
  ASSERT_TRUE(large && large->power);
  EXPECT_DOUBLE_EQ(large->power->value(), 1.0 + 1e-6 * facts_of_text("fc:features=512@1x64").flops.value());
}

TEST(PowerFit, GivesCostsTheirWattsIdlePowerAndIntervals) {
  auto profile = synthetic_profile(random_fcs(40, 1), plain_device, 0.0, 1);
  for (const auto& layer : random_fcs(40, 1)) {
    const auto facts = facts_of_text(layer);
    profile.rows.emplace_back(drawn(layer, watts_of(facts), plain_device(facts)));
  }
  const auto fitted = fit(std::vector{profile}, {});
  ASSERT_TRUE(fitted);
  const auto predictor = Predictor::parse(print_predictor(*fitted, {}, {}), "board");
  ASSERT_TRUE(predictor);
  const auto net = net_of(*parse_layer("fc:features=100@1x1000"));
  Device board;
  board.name = "board";
  board.busy = Watts{50};
  board.idle = Watts{40};
  board.power_source = "assumed";
  const auto costs = predict_costs(*net, *predictor, board, {});
  ASSERT_TRUE(costs);
  const auto& group = costs->groups.at(0);
  EXPECT_NEAR(group.power.value_or(Watts{}).value(), watts_of(facts_of_text("fc:features=100@1x1000")), 0.05);
  ASSERT_TRUE(group.energy_low && group.energy_high);
  EXPECT_LE(*group.energy_low, *group.power * group.time);
  EXPECT_EQ(costs->idle, Watts{1.5}) << "a measured power, not an assumed one";
  EXPECT_EQ(costs->power_source, "measured by ina3221: VDD_IN");
  // A modelled device's watts are declared, for it is another device than the one that was measured.
  board.modelled = true;
  const auto modelled = predict_costs(*net, *predictor, board, {});
  ASSERT_TRUE(modelled);
  EXPECT_EQ(modelled->groups.at(0).power, Watts{50});
  EXPECT_EQ(modelled->idle, Watts{40});
  EXPECT_FALSE(modelled->groups.at(0).energy_low);
}

/// The fake device measured by a fake meter whose readings scatter by 30 %.
class FakeBoard {
 public:
  FakeBoard()
      : backend_{std::move(*open_fake("gflops=10,gbps=10,launch_us=200,idle_w=0.5,compute_w=3,memory_w=1"))} {
    std::vector<std::unique_ptr<Meter>> meters;
    meters.push_back(std::move(*open_meter("fake:noise=0.3", {})));
    pass_ = std::make_unique<PowerPass>(*backend_, std::move(meters),
                                        ThrottleCounters{SystemFiles{"/nowhere"}}, 1, PowerPolicy{});
  }
  PowerRow power(const std::string& layer) { return pass_->layer(*parse_layer(layer), "sweep"); }

 private:
  std::unique_ptr<Backend> backend_;
  std::unique_ptr<PowerPass> pass_;
};

/// What the fake device takes and draws back to back, as its documentation says.
std::pair<double, double> truth_of(const LayerFacts& layer) {
  const auto computing = layer.flops.value() / 10e9;
  const auto moving = (layer.input + layer.output).value() / 10e9;
  const auto time = 200e-6 + std::max(computing, moving);
  return {time, 0.5 + (3.0 * computing + 1.0 * moving) / time};
}

TEST(PowerFit, HasIntervalsOfEnergiesThatHoldOnTheFakeMeter) {
  // Times vary by 5 % from layer to layer, as no model can tell.
  std::mt19937_64 random{4};
  std::normal_distribution<> normal;
  FakeBoard board;
  auto profile = synthetic_profile({}, plain_device, 0.0, 1);
  std::vector<std::string> held_out;
  std::vector<double> truths;
  auto layers = random_fcs(300, 3);
  std::ranges::shuffle(layers, random);
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto& layer = layers[i];
    const auto [exact, watts] = truth_of(facts_of_text(layer));
    const auto time = exact * std::exp(0.05 * normal(random));
    if (i >= 100) {
      held_out.push_back(layer);
      truths.push_back(watts * time);
      continue;
    }
    profile.rows.emplace_back(measured(layer, time));
    profile.rows.emplace_back(board.power(layer));
  }
  const auto fitted = fit(std::vector{profile}, {});
  ASSERT_TRUE(fitted) << fitted.error().message;
  ASSERT_EQ(held_out.size(), 200U);
  int inside = 0;
  for (std::size_t i = 0; i < held_out.size(); ++i) {
    const auto prediction = predict(fitted->data, *parse_layer(held_out[i]), false, 0.9);
    ASSERT_TRUE(prediction && prediction->power && prediction->energy_factor);
    const auto energy = (*prediction->power * prediction->time).value();
    const auto off = std::max(truths[i] / energy, energy / truths[i]);
    inside += off <= *prediction->energy_factor ? 1 : 0;
  }
  // Of 200 layers at nominal 90 %: 180, give or take two standard deviations of the draw, and as much again
  // since the width comes of 100 layers.
  EXPECT_NEAR(inside, 180, 14);
}

/// Twelve families of nets and one more; each is off what its layers add up to by an error of its own.
struct DrawnNets {
  Profile profile{};    // of the twelve
  double unseen = 0.0;  // the logarithm of the last one's error
};

DrawnNets draw_nets(std::mt19937_64& random) {
  constexpr int families = 12;
  std::normal_distribution<> normal{0.0, 0.1};
  DrawnNets drawn_nets{.unseen = normal(random)};
  for (int i = 0; i < families; ++i) {
    const auto parts = random_fcs(3, static_cast<std::uint64_t>(100 + i));
    double time = 0.0;
    double energy = 0.0;
    for (const auto& part : parts) {
      const auto facts = facts_of_text(part);
      time += plain_device(facts);
      energy += watts_of(facts) * plain_device(facts);
    }
    const std::string name(1, static_cast<char>('a' + i));
    drawn_nets.profile.rows.emplace_back(measured_net(name, parts, time));
    auto power = drawn("", energy / time * std::exp(normal(random)), time);
    power.net = name;
    drawn_nets.profile.rows.emplace_back(std::move(power));
  }
  return drawn_nets;
}

TEST(PowerFit, HasIntervalsOfNetsEnergies) {
  constexpr int trials = 600;
  auto layers = synthetic_profile(random_fcs(30, 1), plain_device, 0.0, 1);
  for (const auto& layer : random_fcs(30, 1)) {
    const auto facts = facts_of_text(layer);
    layers.rows.emplace_back(drawn(layer, watts_of(facts), plain_device(facts)));
  }
  const auto fitted = fit(std::vector{layers}, {});
  ASSERT_TRUE(fitted);
  std::mt19937_64 random{80};
  int inside = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const auto nets = draw_nets(random);
    auto data = fitted->data;
    std::vector<std::string> warnings;
    fit_nets(std::vector{nets.profile}, data, warnings);
    ASSERT_EQ(data.correction.energy_log_ratios.size(), 12U);
    // The layers' powers are fitted as they are, so that a net is off by its own error alone.
    std::vector<double> scores;
    for (const auto ratio : data.correction.energy_log_ratios) scores.push_back(std::abs(ratio));
    std::ranges::sort(scores);
    inside += std::abs(nets.unseen) <= conformal_quantile(scores, 0.9).value() ? 1 : 0;
  }
  // Twelve scores, of which the interval of 90 % takes the largest: 12 of 13, and two standard deviations.
  EXPECT_NEAR(static_cast<double>(inside) / trials, 12.0 / 13.0, 0.022);
}

}  // namespace
}  // namespace ns
