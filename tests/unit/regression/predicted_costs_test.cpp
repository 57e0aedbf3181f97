#include "partition/predicted_costs.hpp"

#include "regression/fit.hpp"
#include "regression/predictor_print.hpp"
#include "synthetic.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

/// Convolutions, fully-connected layers and activations; three nets that cost 40 us and 1 us per group more.
Predictor board() {
  auto layers = random_convolutions(120, 1);
  for (const auto& layer : random_fcs(60, 2)) layers.push_back(layer);
  for (int size = 8; size < 3000; size = size * 5 / 4 + 1)
    layers.push_back("act:relu@1x" + std::to_string(size));
  auto profile = synthetic_profile(layers, plain_device, 0.0, 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto net = random_fcs(4 + 8 * i, 50 + i);
    double time = 40e-6 + 1e-6 * static_cast<double>(net.size());
    for (const auto& layer : net) time += plain_device(facts_of_text(layer));
    profile.rows.emplace_back(measured_net(std::string(1, static_cast<char>('a' + i)), net, time));
  }
  FitOptions options;
  options.family = "roofline";
  const auto fitted = fit(std::span{&profile, 1}, options);
  auto predictor = Predictor::parse(print_predictor(*fitted, {}, options), "board.predictor.json");
  EXPECT_TRUE(predictor);
  return std::move(*predictor);
}

/// x -> conv -> relu -> flatten -> fc -> relu (read twice) -> fc, softmax
Net small_net() {
  NetBuilder builder{"small"};
  EXPECT_TRUE(builder.add_input("x", {Shape{1, 16, 12, 12}}));
  const auto add = [&](const std::string& name, const std::string& params, std::size_t rank,
                       const std::string& from) {
    const auto added = builder.add_layer(name, "test", *parse_params(params, rank), {from}, {name});
    EXPECT_TRUE(added) << added.error().message;
  };
  add("conv", "conv:filters=32,kernel=3", 2, "x");
  add("relu", "act:relu", 2, "conv");
  add("flat", "reshape:extents=0x-1", 2, "relu");
  add("fc1", "fc:features=100", 0, "flat");
  add("relu1", "act:relu", 0, "fc1");
  add("fc2", "fc:features=50", 0, "relu1");
  return *std::move(builder).finish();
}

Seconds sum_of(const Costs& costs) {
  Seconds sum = costs.overhead;
  for (const auto& group : costs.groups) sum += group.time;
  return sum;
}

TEST(PredictedCosts, NameEveryLayerOnceInTheGroupsOfTheDevice) {
  const auto costs = predict_costs(fold(small_net()), board(), Device{}, {});
  ASSERT_TRUE(costs) << costs.error().message;
  ASSERT_EQ(costs->groups.size(), 4U);
  EXPECT_EQ(costs->groups[0].layers, (std::vector<std::string>{"conv", "relu"}));
  EXPECT_EQ(costs->groups[1].layers, std::vector<std::string>{"flat"});
  EXPECT_EQ(costs->groups[1].time.count(), 0.0);
  EXPECT_EQ(costs->groups[2].layers, (std::vector<std::string>{"fc1", "relu1"}));
  EXPECT_EQ(costs->groups[0].source, Source::predicted);
}

TEST(PredictedCosts, AddTheCorrectionPerGroupAndOncePerNet) {
  const auto predictor = board();
  const auto costs = predict_costs(fold(small_net()), predictor, Device{}, {});
  ASSERT_TRUE(costs);
  EXPECT_NEAR(costs->overhead.count(), 40e-6, 4e-6);
  const auto alone = predictor.predict(*parse_layer("conv:filters=32,kernel=3+act:relu@1x16x12x12"));
  ASSERT_TRUE(alone);
  EXPECT_NEAR((costs->groups[0].time - alone->time).count(), predictor.correction().per_group.count(), 1e-12);
}

TEST(PredictedCosts, FuseNothingWhenAskedNotTo) {
  PredictOptions options;
  options.fuse = false;
  const auto costs = predict_costs(fold(small_net()), board(), Device{}, options);
  ASSERT_TRUE(costs);
  EXPECT_EQ(costs->groups.size(), 6U);
}

TEST(PredictedCosts, ScaleEveryTimeOfAModelledDevice) {
  Device phone;
  phone.name = "phone";
  phone.time_scale = 10.0;
  phone.modelled = true;
  phone.busy = Watts{2.0};
  const auto plain = predict_costs(fold(small_net()), board(), Device{}, {});
  const auto scaled = predict_costs(fold(small_net()), board(), phone, {});
  ASSERT_TRUE(plain && scaled);
  EXPECT_NEAR(sum_of(*scaled) / sum_of(*plain), 10.0, 1e-9);
  EXPECT_NEAR(*scaled->groups[0].high / *plain->groups[0].high, 10.0, 1e-9);
  EXPECT_TRUE(scaled->modelled_device);
  EXPECT_EQ(scaled->groups[0].power, Watts{2.0});
}

TEST(PredictedCosts, NameTheLayerThatHasNoModel) {
  NetBuilder builder{"net"};
  ASSERT_TRUE(builder.add_input("x", {Shape{1, 10}}));
  ASSERT_TRUE(builder.add_layer("prob", "Softmax", *parse_params("softmax", 0), {"x"}, {"prob"}));
  const auto net = *std::move(builder).finish();
  const auto missing = predict_costs(fold(net), board(), Device{}, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::no_model);
  EXPECT_NE(missing.error().message.find("prob"), std::string::npos);

  PredictOptions options;
  options.allow_missing = true;
  const auto floor = predict_costs(fold(net), board(), Device{}, options);
  ASSERT_TRUE(floor);
  EXPECT_FALSE(floor->groups[0].modelled);
  EXPECT_EQ(floor->warnings.size(), 1U);
}

TEST(PredictedCosts, HaveNoIntervalOfTheTotalWithThreeFamiliesOfNets) {
  const auto costs = predict_costs(fold(small_net()), board(), Device{}, {});
  ASSERT_TRUE(costs);
  EXPECT_FALSE(costs->interval_factor.has_value());
  EXPECT_TRUE(costs->groups[0].low.has_value());
}

}  // namespace
}  // namespace ns
