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

/// Every output is the reference's, NaN for NaN.
void expect_equal(std::string_view type, const std::vector<Candidates>& candidates) {
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
    EXPECT_EQ(difference(*actual, *expected), 0.0) << "seed " << seed << ": " << print(config);
  }
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

}  // namespace
}  // namespace ns
