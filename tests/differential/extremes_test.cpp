// oneDNN against the reference on values that random ones never are: equal ones, the largest and the smallest
// that float32 has, infinities and NaN.
#include "compare.hpp"
#include "generate.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace ns {
namespace {

using Limits = std::numeric_limits<float>;

constexpr int configurations = 200;

/// Every output is the reference's to within `relative` of the largest, NaN for NaN.
void expect_close(std::string_view type, const std::vector<Candidates>& candidates, double relative) {
  const auto device = device_under_test();
  const auto reference = open_backend("reference");
  ASSERT_TRUE(device != nullptr && reference);
  for (std::uint64_t seed = 1; seed <= configurations; ++seed) {
    Random random{seed};
    const LayerConfig config = random_layer(type, random);
    const auto net = net_of(config);
    ASSERT_TRUE(net) << print(config) << ": " << net.error().message;
    const auto actual = outputs_of(*device, *net, true, seed, candidates);
    const auto expected = outputs_of(**reference, *net, true, seed, candidates);
    ASSERT_TRUE(actual && expected) << print(config);
    EXPECT_LE(difference(*actual, *expected), relative) << "seed " << seed << ": " << print(config);
  }
}

void expect_equal(std::string_view type, const std::vector<Candidates>& candidates) {
  expect_close(type, candidates, 0.0);
}

TEST(Extremes, OfWhatIsRanked) {
  expect_equal("topk",
               {{0.0F, -0.0F, 1.0F, 1.0F, -1.0F, Limits::max(), Limits::lowest(), Limits::denorm_min(),
                 Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN()}});
  expect_equal("topk", {{2.0F, 3.0F}});
}

TEST(Extremes, OfRunningSumsAndProducts) {
  expect_equal("cumsum", {{0.0F, -0.0F, 1.0F, -1.0F, 1e30F, Limits::max(), Limits::lowest(), Limits::min()}});
  expect_equal("cumsum", {{1.0F, -2.0F, Limits::infinity()}});
  expect_equal("cumsum", {{1.0F, 0.5F, Limits::quiet_NaN()}});
}

// Rows that are hidden as a whole are NaN, of which the rest must know nothing.
TEST(Extremes, OfMasks) {
  const std::vector<Candidates> none(3);
  for (const auto& values : {Candidates{0.0F, -Limits::infinity()}, Candidates{0.0F, Limits::lowest()},
                             Candidates{-Limits::infinity()}}) {
    auto candidates = none;
    candidates.push_back(values);
    expect_close("attention", candidates, 3e-6);
  }
}

// Scores so far apart that all weight is on one key, or on keys that are alike. What a mask adds to a score
// of 1000 is rounded by 6e-5, and so are weights that it decides.
TEST(Extremes, OfScores) {
  const Candidates far{0.0F, 16.0F, -16.0F};
  const Candidates wide{1e30F, -1e30F, 1.0F, 0.0F};
  expect_close("attention", {far, far, wide}, 1e-4);
}

}  // namespace
}  // namespace ns
