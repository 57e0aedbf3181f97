#include "regression/least_squares.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace ns {
namespace {

Matrix random_matrix(std::size_t rows, std::size_t columns, std::mt19937_64& random) {
  Matrix matrix{columns, {}};
  std::normal_distribution<> normal;
  for (std::size_t i = 0; i < rows * columns; ++i) matrix.values.push_back(normal(random));
  return matrix;
}

double squared_error(const Matrix& table, std::span<const double> targets, std::span<const double> x) {
  double sum = 0.0;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    double error = -targets[row];
    for (std::size_t column = 0; column < table.columns; ++column) error += table.at(row, column) * x[column];
    sum += error * error;
  }
  return sum;
}

/// The table without the columns that `kept` leaves out.
Matrix columns_of(const Matrix& table, unsigned kept) {
  Matrix some;
  for (std::size_t row = 0; row < table.rows(); ++row)
    for (std::size_t column = 0; column < table.columns; ++column)
      if ((kept >> column & 1U) != 0) some.values.push_back(table.at(row, column));
  for (std::size_t column = 0; column < table.columns; ++column) some.columns += kept >> column & 1U;
  return some;
}

/// The best non-negative solution is the free solution on some set of columns: tries them all.
double least_by_trying(const Matrix& table, const std::vector<double>& targets) {
  double least = squared_error(table, targets, std::vector<double>(table.columns, 0.0));
  for (unsigned kept = 1; kept < 1U << table.columns; ++kept) {
    const auto some = columns_of(table, kept);
    const auto x = least_squares(some, targets);
    if (std::ranges::any_of(x, [](double value) { return value < 0.0; })) continue;
    least = std::min(least, squared_error(some, targets, x));
  }
  return least;
}

TEST(LeastSquares, FindsTheLineThroughItsPoints) {
  // y = 3 x + 2 at x = 1, 2, 4
  const Matrix table{2, {1, 1, 2, 1, 4, 1}};
  const std::vector<double> targets{5, 8, 14};
  const auto line = least_squares(table, targets);
  EXPECT_NEAR(line[0], 3.0, 1e-12);
  EXPECT_NEAR(line[1], 2.0, 1e-12);
}

TEST(LeastSquares, SurvivesColumnsThatDependOnEachOther) {
  const Matrix table{2, {1, 2, 2, 4, 3, 6}};
  const std::vector<double> targets{5, 10, 15};
  const auto x = least_squares(table, targets);
  EXPECT_NEAR(x[0] + 2.0 * x[1], 5.0, 1e-9);
}

TEST(NonNegativeLeastSquares, IsAsGoodAsTheBestOfAllSetsOfColumns) {
  std::mt19937_64 random{11};
  for (int trial = 0; trial < 300; ++trial) {
    const auto table = random_matrix(12, 5, random);
    const auto targets = random_matrix(12, 1, random).values;
    const auto x = non_negative_least_squares(table, targets);
    for (const auto value : x) EXPECT_GE(value, 0.0);
    EXPECT_NEAR(squared_error(table, targets, x), least_by_trying(table, targets), 1e-8);
  }
}

TEST(NonNegativeLeastSquares, IsZeroWhereEveryColumnPointsAway) {
  const Matrix table{1, {1, 2, 3}};
  const std::vector<double> targets{-1, -2, -3};
  EXPECT_EQ(non_negative_least_squares(table, targets), std::vector<double>{0.0});
}

TEST(RelativeFit, RecoversCoefficientsThatDifferByBillions) {
  std::mt19937_64 random{3};
  Matrix table{3, {}};
  std::vector<double> targets;
  for (int i = 0; i < 200; ++i) {
    const auto flops = std::exp(std::uniform_real_distribution<>{10.0, 21.0}(random));
    const auto bytes = std::exp(std::uniform_real_distribution<>{8.0, 17.0}(random));
    table.values.insert(table.values.end(), {flops, bytes, 1.0});
    targets.push_back(5e-11 * flops + 2e-10 * bytes + 3e-6);
  }
  const auto x = non_negative_relative_fit(table, targets);
  EXPECT_NEAR(x[0], 5e-11, 5e-15);
  EXPECT_NEAR(x[1], 2e-10, 2e-14);
  EXPECT_NEAR(x[2], 3e-6, 3e-10);
}

TEST(RelativeFit, IsNotPulledByRowsThatFitNothing) {
  std::mt19937_64 random{4};
  Matrix table{2, {}};
  std::vector<double> targets;
  for (int i = 0; i < 100; ++i) {
    const auto bytes = std::exp(std::uniform_real_distribution<>{8.0, 17.0}(random));
    table.values.insert(table.values.end(), {bytes, 1.0});
    targets.push_back((i % 10 == 0 ? 20.0 : 1.0) * (1e-9 * bytes + 1e-6));
  }
  const auto x = non_negative_relative_fit(table, targets);
  EXPECT_NEAR(x[0], 1e-9, 2e-11);
  EXPECT_NEAR(x[1], 1e-6, 2e-8);
}

}  // namespace
}  // namespace ns
