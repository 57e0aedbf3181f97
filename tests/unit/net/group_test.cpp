#include "net/group.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using ::testing::ElementsAre;

const Conv conv{4, {1, 1}, {1, 1}, {0, 0, 0, 0}, {1, 1}, 1, true};

FusionRules rules(const std::vector<std::string>& texts) { return FusionRules::parse(texts).value(); }

/// A residual block: data -> a -> relu -> b -> add(b, a's relu) -> relu.
Net residual() {
  NetBuilder builder{"residual"};
  EXPECT_TRUE(builder.add_input("data", {Shape{1, 4, 8, 8}}));
  EXPECT_TRUE(builder.add_layer("a", "conv", conv, {"data"}, {"a"}));
  EXPECT_TRUE(builder.add_layer("relu_a", "act", Act{}, {"a"}, {"ra"}));
  EXPECT_TRUE(builder.add_layer("b", "conv", conv, {"ra"}, {"b"}));
  EXPECT_TRUE(builder.add_layer("add", "eltwise", Eltwise{}, {"ra", "b"}, {"s"}));
  EXPECT_TRUE(builder.add_layer("relu_s", "act", Act{}, {"s"}, {"rs"}));
  return std::move(builder).finish().value();
}

TEST(Group, FusesTheLongestRuleThatFits) {
  const auto net = residual();
  const auto groups = group(net, rules({"conv+act:relu", "conv+add", "conv+add+act:relu"}));
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_THAT(groups[0].layers, ElementsAre(0U, 1U));
  EXPECT_THAT(groups[1].layers, ElementsAre(2U, 3U, 4U));
  EXPECT_EQ(print(groups[1].config), "conv:filters=4,kernel=1+eltwise:add+act:relu@1x4x8x8,1x4x8x8");
  EXPECT_EQ(net.tensors[groups[1].outputs.front()].name, "rs");
}

TEST(Group, FusesNothingWithoutRules) { EXPECT_EQ(group(residual(), {}).size(), 5U); }

TEST(Group, AsksForTheKindOfActivation) {
  EXPECT_EQ(group(residual(), rules({"conv+act:sigmoid"})).size(), 5U);
  EXPECT_EQ(group(residual(), rules({"conv+act"})).size(), 4U);  // b's only follower is the sum
}

TEST(Group, RunsAGroupAfterEverythingItReads) {
  NetBuilder builder{"two"};
  ASSERT_TRUE(builder.add_input("data", {Shape{1, 4, 8, 8}}));
  ASSERT_TRUE(builder.add_layer("a", "conv", conv, {"data"}, {"a"}));
  ASSERT_TRUE(builder.add_layer("b", "conv", conv, {"data"}, {"b"}));
  ASSERT_TRUE(builder.add_layer("add", "eltwise", Eltwise{}, {"a", "b"}, {"s"}));
  const auto groups = group(std::move(builder).finish().value(), rules({"conv+add"}));
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_THAT(groups[0].layers, ElementsAre(1U));
  EXPECT_THAT(groups[1].layers, ElementsAre(0U, 2U));
}

TEST(Group, LeavesAnOutputOfTheNetVisible) {
  NetBuilder builder{"seen"};
  ASSERT_TRUE(builder.add_input("data", {Shape{1, 4, 8, 8}}));
  ASSERT_TRUE(builder.add_layer("a", "conv", conv, {"data"}, {"a"}));
  ASSERT_TRUE(builder.add_layer("relu", "act", Act{}, {"a"}, {"r"}));
  EXPECT_EQ(group(std::move(builder).finish({"a", "r"}).value(), rules({"conv+act:relu"})).size(), 2U);
}

TEST(FusionRules, NamesAnUnknownType) {
  EXPECT_EQ(FusionRules::parse(std::vector<std::string>{"conv+atc:relu"}).error().message,
            "fusion rule 'conv+atc:relu': 'atc' is no layer type; did you mean 'act'?");
}

}  // namespace
}  // namespace ns
