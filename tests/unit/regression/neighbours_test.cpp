#include "regression/neighbours.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

const std::vector<std::string> features{"size", "constant", "channels"};

/// A grid of 10 x 10 points, one apart.
std::vector<std::vector<double>> grid() {
  std::vector<std::vector<double>> rows;
  for (int i = 0; i < 10; ++i)
    for (int j = 0; j < 10; ++j) rows.push_back({static_cast<double>(i), 7.0, static_cast<double>(j)});
  return rows;
}

TEST(Neighbours, LeaveOutWhatNeverVaries) {
  const auto neighbours = Neighbours::of(features, grid());
  ASSERT_EQ(neighbours.axes().size(), 2U);
  EXPECT_EQ(neighbours.axes()[0].feature, "size");
  EXPECT_EQ(neighbours.axes()[1].feature, "channels");
}

TEST(Neighbours, ReachAsFarAsTheSweepItselfIsApart) {
  const auto neighbours = Neighbours::of(features, grid());
  const auto near = [&](double size, double channels) {
    const std::vector<double> values{size, channels};
    return neighbours.near(values);
  };
  EXPECT_TRUE(near(4.0, 4.0));
  EXPECT_TRUE(near(4.5, 4.5));
  EXPECT_TRUE(near(9.9, 4.0));
  EXPECT_FALSE(near(11.0, 4.0));
  EXPECT_FALSE(near(4.0, -2.0));
  EXPECT_FALSE(near(1e9, 1e9));
}

TEST(Neighbours, SeeAHoleInsideTheRange) {
  auto rows = grid();
  std::erase_if(rows, [](const auto& row) { return row[0] > 2.0 && row[0] < 7.0; });
  const auto neighbours = Neighbours::of(features, rows);
  const std::vector<double> inside_the_hole{4.5, 5.0};
  EXPECT_FALSE(neighbours.near(inside_the_hole));
}

TEST(Neighbours, AreTheSameAfterBeingWritten) {
  const auto neighbours = Neighbours::of(features, grid());
  const std::vector<double> points(neighbours.points().begin(), neighbours.points().end());
  const auto again = Neighbours::from_points(neighbours.axes(), points, neighbours.limit());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->points(), neighbours.points());
}

TEST(Neighbours, OfOneLayerKnowItAlone) {
  const auto neighbours = Neighbours::of(features, {{1.0, 2.0, 3.0}});
  EXPECT_TRUE(neighbours.axes().empty());
  EXPECT_TRUE(neighbours.near({}));
}

TEST(Neighbours, RefusePointsThatDoNotFit) {
  const std::vector<Neighbours::Axis> axes{{"a", 0.0, 1.0}, {"b", 0.0, 1.0}};
  const std::vector<double> three{1, 2, 3};
  const std::vector<double> huge{1, 1e30};
  const std::vector<double> two{1, 2};
  EXPECT_FALSE(Neighbours::from_points(axes, three, 1.0));
  EXPECT_FALSE(Neighbours::from_points(axes, huge, 1.0));
  EXPECT_FALSE(Neighbours::from_points(axes, two, -1.0));
  EXPECT_FALSE(Neighbours::from_points({{"a", 0.0, 0.0}, {"b", 0.0, 1.0}}, two, 1.0));
  EXPECT_TRUE(Neighbours::from_points(axes, two, 1.0));
}

}  // namespace
}  // namespace ns
