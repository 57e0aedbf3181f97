#include "regression/conformal.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace ns {
namespace {

std::vector<double> up_to(int count) {
  std::vector<double> scores;
  for (int i = 1; i <= count; ++i) scores.push_back(i);
  return scores;
}

TEST(Conformal, NineScoresAreTheFewestForNinetyPercentAndTheLargestSpeaks) {
  EXPECT_EQ(conformal_quantile(up_to(9), 0.9), 9.0);
  EXPECT_FALSE(conformal_quantile(up_to(8), 0.9).has_value());
}

TEST(Conformal, NineteenScoresAreTheFewestForNinetyFivePercent) {
  EXPECT_EQ(conformal_quantile(up_to(19), 0.95), 19.0);
  EXPECT_FALSE(conformal_quantile(up_to(18), 0.95).has_value());
}

TEST(Conformal, TakesTheRankOfVovk) {
  // (99 + 1) x 0.9 = 90; (10 + 1) x 0.9 = 9.9, so the 10th; (4 + 1) x 0.5 = 2.5, so the 3rd.
  EXPECT_EQ(conformal_quantile(up_to(99), 0.9), 90.0);
  EXPECT_EQ(conformal_quantile(up_to(10), 0.9), 10.0);
  EXPECT_EQ(conformal_quantile(up_to(4), 0.5), 3.0);
}

TEST(Conformal, HasNothingToSayWithoutScores) { EXPECT_FALSE(conformal_quantile({}, 0.5).has_value()); }

TEST(Conformal, CoversAFurtherScoreAsOftenAsItSays) {
  std::mt19937_64 random{5};
  std::lognormal_distribution<> draw{0.0, 1.0};
  constexpr int trials = 4000;
  for (const auto level : {0.8, 0.9}) {
    int covered = 0;
    for (int trial = 0; trial < trials; ++trial) {
      std::vector<double> scores(40);
      for (auto& score : scores) score = draw(random);
      std::ranges::sort(scores);
      covered += draw(random) <= conformal_quantile(scores, level).value() ? 1 : 0;
    }
    // The exact coverage lies in [level, level + 1/41]; the binomial's standard deviation is 0.006.
    EXPECT_NEAR(static_cast<double>(covered) / trials, level + 0.012, 0.03);
  }
}

}  // namespace
}  // namespace ns
