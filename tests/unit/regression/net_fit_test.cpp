#include "regression/net_fit.hpp"

#include "regression/fit.hpp"
#include "synthetic.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace ns {
namespace {

TEST(NetFamily, HoldsVariantsTogether) {
  EXPECT_EQ(net_family("resnet50"), net_family("resnet18"));
  EXPECT_EQ(net_family("mobilenet_v2"), net_family("mobilenet_v3"));
  EXPECT_EQ(net_family("squeezenet1_1"), "squeezenet");
  EXPECT_EQ(net_family("pos"), net_family("ner"));
  EXPECT_EQ(net_family("pos"), net_family("chk"));
  EXPECT_NE(net_family("alexnet"), net_family("googlenet"));
  EXPECT_EQ(net_family("1234"), "1234");
}

double law_sum(const std::vector<std::string>& layers) {
  double sum = 0.0;
  for (const auto& layer : layers) sum += plain_device(facts_of_text(layer));
  return sum;
}

/// `count` nets of fully-connected layers on a device where a net costs 50 us and each group 2 us more.
Profile profile_with_nets(std::size_t count, double noise) {
  auto profile = synthetic_profile(random_fcs(200, 1), plain_device, 0.0, 2);
  std::mt19937_64 random{3};
  std::normal_distribution<> normal;
  for (std::size_t i = 0; i < count; ++i) {
    const auto layers = random_fcs(3 + 2 * i, 100 + i);
    const auto time = law_sum(layers) + 50e-6 + 2e-6 * static_cast<double>(layers.size());
    profile.rows.emplace_back(measured_net(std::string(1, static_cast<char>('a' + i)), layers,
                                           time * std::exp(noise * normal(random))));
  }
  return profile;
}

Fit fit_of(const Profile& profile) {
  FitOptions options;
  options.family = "roofline";
  auto fitted = fit(std::span{&profile, 1}, options);
  EXPECT_TRUE(fitted) << fitted.error().message;
  return std::move(*fitted);
}

TEST(NetCorrection, RecoversWhatNetsCostBeyondTheirLayers) {
  const auto fitted = fit_of(profile_with_nets(10, 0.0));
  EXPECT_NEAR(fitted.data.correction.per_net.count(), 50e-6, 2e-6);
  EXPECT_NEAR(fitted.data.correction.per_group.count(), 2e-6, 0.3e-6);
  EXPECT_EQ(fitted.data.nets.size(), 10U);
  for (const auto& net : fitted.data.nets) EXPECT_NEAR(net.left_out / net.measured, 1.0, 0.02) << net.net;
}

TEST(NetCorrection, IsNeverNegative) {
  auto profile = profile_with_nets(0, 0.0);
  for (std::size_t i = 0; i < 6; ++i) {
    const auto layers = random_fcs(5, 200 + i);
    profile.rows.emplace_back(
        measured_net(std::string(1, static_cast<char>('a' + i)), layers, 0.8 * law_sum(layers)));
  }
  const auto fitted = fit_of(profile);
  EXPECT_EQ(fitted.data.correction.per_net.count(), 0.0);
  EXPECT_EQ(fitted.data.correction.per_group.count(), 0.0);
}

TEST(NetCorrection, TakesTheQuickestOfSeveralRowsOfANet) {
  auto profile = profile_with_nets(0, 0.0);
  const auto layers = random_fcs(4, 400);
  for (const double factor : {1.3, 1.1, 1.2})
    profile.rows.emplace_back(measured_net("repeated", layers, factor * law_sum(layers)));
  const auto fitted = fit_of(profile);
  ASSERT_EQ(fitted.data.nets.size(), 1U);
  EXPECT_DOUBLE_EQ(fitted.data.nets.front().measured.count(), 1.1 * law_sum(layers));

  // Another net of that name, as two files may hold, is not a repeat.
  auto other = measured_net("repeated", random_fcs(3, 401), 1e-3);
  other.hash = "of another structure";
  profile.rows.emplace_back(std::move(other));
  EXPECT_EQ(fit_of(profile).data.nets.size(), 2U);
}

TEST(NetCorrection, CountsAFamilyOnceByItsWorstNet) {
  auto profile = profile_with_nets(0, 0.0);
  const auto layers = random_fcs(8, 300);
  for (const auto& [name, factor] :
       {std::pair{"pos", 1.0}, std::pair{"ner", 2.0}, std::pair{"chk", 1.1}, std::pair{"solo", 1.0}})
    profile.rows.emplace_back(measured_net(name, layers, factor * law_sum(layers)));
  const auto fitted = fit_of(profile);
  const auto& correction = fitted.data.correction;
  ASSERT_EQ(correction.families.size(), 2U);
  const auto senna = std::ranges::find(correction.families, "senna") - correction.families.begin();
  // With senna left out nothing is added to the sum, so its worst net is off by a factor of two.
  EXPECT_NEAR(correction.log_ratios[static_cast<std::size_t>(senna)], std::log(2.0), 0.02);
}

TEST(NetCorrection, DropsANetWithALayerThatHasNoModel) {
  auto profile = profile_with_nets(3, 0.0);
  profile.rows.emplace_back(measured_net("x", {"softmax@1x10"}, 1e-3));
  const auto fitted = fit_of(profile);
  EXPECT_EQ(fitted.data.nets.size(), 3U);
  ASSERT_FALSE(fitted.warnings.empty());
  EXPECT_NE(fitted.warnings.back().find("net x"), std::string::npos);
}

TEST(Boundary, RecoversBaseAndSlope) {
  auto profile = profile_with_nets(0, 0.0);
  for (const double bytes : {1e3, 1e4, 1e5, 1e6, 1e7}) {
    BoundaryRow row;
    row.direction = "export";
    row.size = Bytes{bytes};
    row.timing = measured("", 3e-6 + 2e-10 * bytes).timing;
    profile.rows.emplace_back(row);
  }
  const auto fitted = fit_of(profile);
  EXPECT_NEAR(fitted.data.export_cost.base.count(), 3e-6, 1e-9);
  EXPECT_NEAR(fitted.data.export_cost.seconds_per_byte, 2e-10, 1e-14);
  EXPECT_EQ(fitted.data.import_cost.base.count(), 0.0);
}

}  // namespace
}  // namespace ns
