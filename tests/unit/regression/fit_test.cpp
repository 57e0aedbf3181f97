#include "regression/fit.hpp"

#include "regression/predictor_print.hpp"
#include "synthetic.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace ns {
namespace {

Fit fit_of(const Profile& profile, const FitOptions& options = {}) {
  auto fitted = fit(std::span{&profile, 1}, options);
  EXPECT_TRUE(fitted) << fitted.error().message;
  return std::move(*fitted);
}

FitOptions only(std::string family) {
  FitOptions options;
  options.family = std::move(family);
  return options;
}

const FamilyErrors& errors_of(const TypeFit& type, std::string_view family) {
  const auto found = std::ranges::find(type.time.families, family, &FamilyErrors::family);
  EXPECT_NE(found, type.time.families.end());
  return *found;
}

double predicted(const Fit& fit, std::string_view layer) {
  const auto prediction = predict(fit.data, *parse_layer(layer), false, 0.9);
  EXPECT_TRUE(prediction);
  return prediction->time.count();
}

TEST(Fit, RecoversARooflineUnderNoise) {
  const auto fitted =
      fit_of(synthetic_profile(random_convolutions(400, 1), plain_device, 0.05, 2), only("roofline"));
  const auto& model = std::get<RooflineModel>(fitted.data.types[0].time.model);
  const auto& coefficients = model.segments[0].coefficients;
  EXPECT_NEAR(coefficients[0] * 20e9, 1.0, 0.03);                                  // FLOPs
  EXPECT_NEAR(errors_of(fitted.types[0], "roofline").errors.median, 0.034, 0.01);  // of 5 % noise: 0.67 sigma
}

TEST(Fit, RecoversThePapersLogarithmicLaw) {
  const Law law = [](const LayerFacts& layer) {
    const auto gflops = 1.5 * std::log(layer.paper[0].value) + 0.8 * std::log(layer.paper[1].value) + 2.0;
    return layer.flops.value() / 1e9 / gflops;
  };
  const auto fitted = fit_of(synthetic_profile(random_convolutions(300, 3), law, 0.01, 4), only("paper"));
  const auto& model = std::get<VariableModel>(fitted.data.types[0].time.model);
  EXPECT_EQ(errors_of(fitted.types[0], "paper").form, "logarithmic");
  EXPECT_TRUE(model.rate);
  EXPECT_NEAR(model.coefficients[0], 1.5, 0.05);
  EXPECT_NEAR(model.coefficients[1], 0.8, 0.05);
}

TEST(Fit, TakesTimeItselfForTypesThatComputeNothing) {
  std::vector<std::string> layers;
  for (int channels = 8; channels < 200; channels += 3)
    layers.push_back("slice:sizes=4x" + std::to_string(channels) + "@1x" + std::to_string(channels + 4) +
                     "x9x9");
  const Law law = [](const LayerFacts& layer) { return 2e-6 + 3e-10 * layer.paper[0].value; };
  const auto fitted = fit_of(synthetic_profile(layers, law, 0.0, 1), only("paper"));
  const auto& model = std::get<VariableModel>(fitted.data.types[0].time.model);
  EXPECT_FALSE(model.rate);
  EXPECT_NEAR(model.constant, 2e-6, 1e-9);
}

TEST(Fit, ChoosesTreesWhereTheDeviceSwitchesItsAlgorithm) {
  const Law law = [](const LayerFacts& layer) {
    const auto channels = std::ranges::find(layer.features, "channels", &Feature::name)->value;
    const bool blocked = channels > tree_scale(100.0);
    return plain_device(layer) * (blocked ? 0.3 : 1.0);
  };
  const auto fitted = fit_of(synthetic_profile(random_convolutions(500, 5), law, 0.02, 6));
  EXPECT_EQ(fitted.types[0].time.chosen, "boosted");
  EXPECT_LT(errors_of(fitted.types[0], "boosted").errors.median, 0.06);
  EXPECT_GT(errors_of(fitted.types[0], "roofline").errors.median, 0.15);
}

TEST(Fit, StoresNoMoreThan200TreesOfDepth4) {
  const auto fitted =
      fit_of(synthetic_profile(random_convolutions(300, 5), plain_device, 0.1, 6), only("boosted"));
  const auto& model = std::get<BoostedModel>(fitted.data.types[0].time.model);
  EXPECT_LE(model.forest.trees(), 200U);
  EXPECT_LE(model.forest.nodes().size(), 200U * 31U);
}

// A public profile made plain least squares predict less than 0 for 42.7 % of its convolutions (case D01).
TEST(Fit, NeverPredictsATimeOfZeroOrLess) {
  const Law law = [](const LayerFacts& layer) { return std::pow(layer.flops.value(), 1.2) / 1e12; };
  const auto layers = random_convolutions(200, 7);
  const auto profile = synthetic_profile(layers, law, 0.3, 8);
  double least = 1e9;
  for (const auto& row : profile.rows)
    least = std::min(least, std::get<LayerRow>(row).timing.median->count());
  for (const auto* family : {"paper", "paper-linear", "roofline", "boosted"}) {
    const auto fitted = fit_of(profile, only(family));
    for (const auto& layer : random_convolutions(300, 9))
      EXPECT_GE(predicted(fitted, layer), least * 0.999) << family << " " << layer;
  }
}

TEST(Fit, ReportsAnOutlierAndDoesNotFitIt) {
  const auto layers = random_fcs(150, 1);
  auto profile = synthetic_profile(layers, plain_device, 0.02, 2);
  std::get<LayerRow>(profile.rows[40]).timing.median =
      Seconds{100.0 * plain_device(facts_of_text(layers[40]))};
  const auto fitted = fit_of(profile);
  ASSERT_EQ(fitted.types[0].time.outliers.size(), 1U);
  EXPECT_EQ(fitted.types[0].time.outliers[0].layer, layers[40]);
  EXPECT_LT(predicted(fitted, layers[40]), 3.0 * plain_device(facts_of_text(layers[40])));
}

TEST(Fit, SaysWhatItDidNotSee) {
  // The families' errors come from rows left out: a law of pure noise cannot be predicted better than its
  // spread.
  const Law law = [](const LayerFacts&) { return 1e-3; };
  const auto fitted = fit_of(synthetic_profile(random_fcs(200, 3), law, 0.5, 4));
  for (const auto& family : fitted.types[0].time.families)
    EXPECT_GT(family.errors.median, 0.25) << family.family;
}

TEST(Fit, IsTheSameByteForByte) {
  const auto profile = synthetic_profile(random_convolutions(120, 1), plain_device, 0.1, 2);
  const std::vector<ProfileSource> sources{{"board.jsonl", "0123456789abcdef", 120}};
  const auto once = print_predictor(fit_of(profile), sources, {});
  const auto again = print_predictor(fit_of(profile), sources, {});
  EXPECT_EQ(once, again);
  auto reversed = profile;
  std::ranges::reverse(reversed.rows);
  EXPECT_EQ(once, print_predictor(fit_of(reversed), sources, {}));
}

TEST(Fit, ServesATypeWithASingleRow) {
  const auto fitted = fit_of(synthetic_profile({"fc:features=10@1x20"}, plain_device, 0.0, 1));
  EXPECT_NEAR(predicted(fitted, "fc:features=10@1x20") / plain_device(facts_of_text("fc:features=10@1x20")),
              1.0, 1e-6);
  EXPECT_TRUE(fitted.data.types[0].time.residuals.empty());
}

TEST(Fit, FitsPowerWhereRowsHaveIt) {
  auto profile = synthetic_profile(random_fcs(100, 1), plain_device, 0.02, 2);
  for (auto& row : profile.rows) {
    auto& layer = std::get<LayerRow>(row);
    layer.power = Watts{2.0 + 1e-7 * facts_of_text(layer.layer).paper[0].value};
  }
  const auto fitted = fit_of(profile);
  ASSERT_TRUE(fitted.types[0].power.has_value());
  const auto prediction = predict(fitted.data, *parse_layer("fc:features=100@1x1000"), false, 0.9);
  ASSERT_TRUE(prediction && prediction->power);
  EXPECT_NEAR(prediction->power->value(), 2.0, 0.05);
}

TEST(Fit, RefusesProfilesOfTwoDevices) {
  std::vector<Profile> profiles{synthetic_profile(random_fcs(5, 1), plain_device, 0.0, 1),
                                synthetic_profile(random_fcs(5, 2), plain_device, 0.0, 1)};
  profiles[1].header.device = "server";
  const auto fitted = fit(profiles, {});
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().code, Errc::bad_input);
  EXPECT_NE(fitted.error().message.find("server"), std::string::npos);
}

TEST(Fit, RefusesAProfileWithoutLayers) {
  const auto empty = synthetic_profile({}, plain_device, 0.0, 1);
  EXPECT_FALSE(fit(std::span{&empty, 1}, {}));
  EXPECT_FALSE(fit({}, {}));
}

}  // namespace
}  // namespace ns
