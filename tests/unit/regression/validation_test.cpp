#include "regression/validation.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace ns {
namespace {

TEST(ErrorSummary, OfFourPredictions) {
  const std::vector<double> measured{1.0, 1.0, 2.0, 10.0};
  const std::vector<double> predicted{1.04, 0.92, 3.0, 5.0};  // off by 4, 8, 50 and 50 %
  const auto errors = summarise(predicted, measured);
  EXPECT_EQ(errors.rows, 4U);
  EXPECT_NEAR(errors.mean, 0.28, 1e-12);
  EXPECT_NEAR(errors.median, 0.29, 1e-12);
  EXPECT_NEAR(errors.p90, 0.50, 1e-12);
  EXPECT_EQ(errors.within_5, 0.25);
  EXPECT_EQ(errors.within_10, 0.5);
}

TEST(Folds, AreOfOneSizeAndTheSameForTheSameSeed) {
  const auto folds = fold_of_rows(103, 5, 9);
  for (std::size_t fold = 0; fold < 5; ++fold) {
    const auto rows = std::ranges::count(folds, fold);
    EXPECT_GE(rows, 20);
    EXPECT_LE(rows, 21);
  }
  EXPECT_EQ(folds, fold_of_rows(103, 5, 9));
  EXPECT_NE(folds, fold_of_rows(103, 5, 10));
}

}  // namespace
}  // namespace ns
