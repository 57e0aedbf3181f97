#include "regression/propose.hpp"

#include "synthetic.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

namespace ns {
namespace {

Fit fit_of(const Profile& profile) {
  auto fitted = fit(std::span{&profile, 1}, {});
  EXPECT_TRUE(fitted);
  return std::move(*fitted);
}

TEST(Propose, PutsWhatANetNeedsAndNoProfileHoldsFirst) {
  const auto fitted = fit_of(synthetic_profile(random_convolutions(100, 1), plain_device, 0.1, 2));
  const std::vector<LayerConfig> wanted{*parse_layer("conv:filters=100,kernel=3@1x100x20x20"),
                                        *parse_layer("conv:filters=100,kernel=3,groups=2@1x100x20x20"),
                                        *parse_layer("softmax@1x10")};
  const auto lines = propose(fitted, wanted, 10, 1);
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_EQ(lines[0], "conv:filters=100,kernel=3,groups=2@1x100x20x20");
  EXPECT_EQ(lines[1], "softmax@1x10");
}

TEST(Propose, LooksWhereTheFitIsWorst) {
  // 3 x 3 is predictable, 5 x 5 takes what it likes.
  const auto layers = random_convolutions(300, 3);
  auto profile = synthetic_profile(layers, plain_device, 0.01, 4);
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (layers[i].find("kernel=5") != std::string::npos)
      std::get<LayerRow>(profile.rows[i]).timing.median =
          Seconds{plain_device(facts_of_text(layers[i])) * (i % 2 == 0 ? 1.0 : 4.0)};
  const auto lines = propose(fit_of(profile), {}, 40, 1);
  const auto of_window = std::ranges::count_if(
      lines, [](const std::string& line) { return line.find("kernel=5") != std::string::npos; });
  EXPECT_GE(of_window, 36);
}

TEST(Propose, ProposesLayersThatAreNewAndSound) {
  std::vector<std::string> layers;
  for (int channels = 16; channels < 200; channels += 8)
    for (const auto* tail : {"", "+act:relu"})
      layers.push_back("conv:filters=" + std::to_string(channels) + ",kernel=3,groups=" +
                       std::to_string(channels) + tail + "@1x" + std::to_string(channels) + "x14x14");
  for (int channels = 16; channels < 64; channels += 8)
    layers.push_back("conv:filters=32,kernel=1,groups=8+eltwise:add@1x" + std::to_string(channels) +
                     "x9x9,1x32x9x9");
  const auto lines = propose(fit_of(synthetic_profile(layers, plain_device, 0.3, 5)), {}, 30, 1);
  EXPECT_EQ(lines.size(), 30U);
  std::set<std::string> seen(layers.begin(), layers.end());
  for (const auto& line : lines) {
    EXPECT_TRUE(seen.insert(line).second) << line;
    const auto layer = parse_layer(line);
    ASSERT_TRUE(layer) << line;
    EXPECT_TRUE(cost(*layer)) << line;
  }
}

TEST(Propose, IsTheSameForTheSameSeed) {
  const auto fitted = fit_of(synthetic_profile(random_convolutions(80, 1), plain_device, 0.2, 2));
  EXPECT_EQ(propose(fitted, {}, 20, 7), propose(fitted, {}, 20, 7));
  EXPECT_NE(propose(fitted, {}, 20, 7), propose(fitted, {}, 20, 8));
}

}  // namespace
}  // namespace ns
