#include "regression/trees.hpp"

#include "regression/boosting.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <random>
#include <vector>

namespace ns {
namespace {

// if x0 < 2: 1, else if x1 < 5: 10, else 20; and a second tree that is a leaf of 0.5.
const std::vector<double> features{0, -1, 1, -1, -1, -1};
const std::vector<double> values{2, 1, 5, 10, 20, 0.5};

double at(const Forest& forest, double x0, double x1) {
  const std::vector<double> point{x0, x1};
  return forest.evaluate(point);
}

TEST(Forest, AddsUpWhatItsTreesSay) {
  const auto forest = Forest::from_preorder(features, values, 2);
  ASSERT_TRUE(forest);
  EXPECT_EQ(forest->trees(), 2U);
  EXPECT_EQ(at(*forest, 1.0, 9.0), 1.5);
  EXPECT_EQ(at(*forest, 2.0, 4.0), 10.5);  // the threshold itself is not below it
  EXPECT_EQ(at(*forest, 2.0, 5.0), 20.5);
}

TEST(Forest, RefusesWhatIsNoWholeTree) {
  const std::vector<double> cut{0, -1};
  const std::vector<double> two{2, 1};
  EXPECT_FALSE(Forest::from_preorder(cut, two, 2));
  EXPECT_FALSE(Forest::from_preorder(features, two, 2));
  const std::vector<double> foreign{2, -1, -1};
  const std::vector<double> between{0.5, -1, -1};
  const std::vector<double> three{1, 2, 3};
  EXPECT_FALSE(Forest::from_preorder(foreign, three, 2));
  EXPECT_FALSE(Forest::from_preorder(between, three, 2));
}

TEST(Forest, OfNothingSaysNothing) {
  const auto forest = Forest::from_preorder({}, {}, 3);
  ASSERT_TRUE(forest);
  EXPECT_EQ(at(*forest, 1.0, 1.0), 0.0);
}

struct Table {
  std::vector<double> features;
  std::vector<double> targets;
};

/// Three features in steps of 2^-10, as tree_scale makes them, and a target that bends with them.
Table random_table(std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::normal_distribution<> noise{0.0, 0.05};
  Table table;
  for (std::size_t i = 0; i < rows; ++i) {
    double point[3];
    for (auto& value : point) value = static_cast<double>(random() % 20480) / 1024.0;
    table.features.insert(table.features.end(), point, point + 3);
    table.targets.push_back(0.3 * std::sin(point[0]) + (point[1] > 7.0 ? 0.3 : 0.0) + noise(random));
  }
  return table;
}

TEST(Boosting, PredictsWhatXGBoostItselfDoes) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto table = random_table(300, seed);
    BoostingOptions options;
    options.seed = seed;
    options.step = seed % 2 == 0 ? 1.0 / 1024.0 : 0.0;
    const auto boosted = boost(table.features, 3, table.targets, options);
    ASSERT_TRUE(boosted) << boosted.error().message;
    ASSERT_EQ(boosted->fitted.size(), table.targets.size());
    for (std::size_t i = 0; i < table.targets.size(); ++i) {
      const auto point = std::span{table.features}.subspan(3 * i, 3);
      EXPECT_NEAR(boosted->forest.evaluate(point), boosted->fitted[i], 1e-6);
    }
  }
}

TEST(Boosting, KeepsToItsTreesAndDepth) {
  const auto table = random_table(300, 1);
  BoostingOptions options;
  options.trees = 7;
  options.depth = 2;
  const auto boosted = boost(table.features, 3, table.targets, options);
  ASSERT_TRUE(boosted);
  EXPECT_EQ(boosted->forest.trees(), 7U);
  EXPECT_LE(boosted->forest.nodes().size(), 7U * 7U);  // a tree of depth 2 has 3 splits and 4 leaves
}

TEST(Boosting, MakesTheSameTreesAgain) {
  const auto table = random_table(200, 3);
  const auto once = boost(table.features, 3, table.targets, {});
  const auto again = boost(table.features, 3, table.targets, {});
  ASSERT_TRUE(once && again);
  EXPECT_EQ(once->fitted, again->fitted);
}

}  // namespace
}  // namespace ns
