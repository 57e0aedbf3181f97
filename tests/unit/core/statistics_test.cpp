#include "core/statistics.hpp"

#include <cmath>
#include <gtest/gtest.h>

namespace ns {
namespace {

// Values by R: quantile(c(1, 2, 4, 8), c(0, .25, .5, .9, 1)), type 7.
TEST(Statistics, AgreesWithRsQuantiles) {
  const std::vector<double> values{8, 1, 4, 2};
  EXPECT_DOUBLE_EQ(percentile(values, 0.0), 1.0);
  EXPECT_DOUBLE_EQ(percentile(values, 0.25), 1.75);
  EXPECT_DOUBLE_EQ(median(values), 3.0);
  EXPECT_DOUBLE_EQ(percentile(values, 0.9), 6.8);
  EXPECT_DOUBLE_EQ(percentile(values, 1.0), 8.0);
  EXPECT_TRUE(std::isnan(median({})));
}

// sd(c(9, 10, 11)) / sqrt(3) / 10 = 1 / sqrt(3) / 10.
TEST(Statistics, RelativeStandardErrorUsesBesselsCorrection) {
  EXPECT_NEAR(relative_standard_error({9, 10, 11}), 0.05773502691896258, 1e-15);
  EXPECT_TRUE(std::isinf(relative_standard_error({9})));
}

}  // namespace
}  // namespace ns
