#include "net/net.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using ::testing::ElementsAre;

const Conv conv{4, {1, 1}, {1, 1}, {0, 0, 0, 0}, {1, 1}, 1, false};

NetBuilder with_input() {
  NetBuilder builder{"net"};
  EXPECT_TRUE(builder.add_input("data", {Shape{1, 4, 8, 8}}));
  return builder;
}

TEST(Fold, PutsBatchNormAndScaleIntoTheConvolution) {
  auto builder = with_input();
  ASSERT_TRUE(builder.add_layer("conv1", "Convolution", conv, {"data"}, {"c"}));
  ASSERT_TRUE(
      builder.add_layer("bn1", "BatchNorm", Norm{.kind = Norm::Kind::batch, .affine = false}, {"c"}, {"c"}));
  ASSERT_TRUE(builder.add_layer("scale1", "Scale", Norm{.kind = Norm::Kind::scale}, {"c"}, {"c"}));
  ASSERT_TRUE(builder.add_layer("relu1", "ReLU", Act{}, {"c"}, {"c"}));
  const auto net = fold(std::move(builder).finish().value());
  ASSERT_EQ(net.layers.size(), 2U);
  EXPECT_TRUE(std::get<Conv>(net.layers[0].params).bias);
  EXPECT_THAT(net.layers[0].sources, ElementsAre("conv1", "bn1", "scale1"));
  EXPECT_EQ(net.tensors[1].name, "c@scale1");
  EXPECT_EQ(net.tensors[net.outputs.front()].name, "c");
}

TEST(Fold, LeavesABatchNormWhoseInputOthersRead) {
  auto builder = with_input();
  ASSERT_TRUE(builder.add_layer("conv1", "conv", conv, {"data"}, {"c"}));
  ASSERT_TRUE(builder.add_layer("bn1", "norm", Norm{.kind = Norm::Kind::batch}, {"c"}, {"n"}));
  ASSERT_TRUE(builder.add_layer("sum", "eltwise", Eltwise{}, {"c", "n"}, {"s"}));
  const auto net = fold(std::move(builder).finish().value());
  EXPECT_EQ(net.layers.size(), 3U);
  EXPECT_FALSE(std::get<Conv>(net.layers[0].params).bias);
}

TEST(Fold, LeavesWhatIsBehindFiltersThatAreAMap) {
  auto builder = with_input();
  auto searched = conv;
  searched.stored = false;
  ASSERT_TRUE(builder.add_layer("filters", "conv", conv, {"data"}, {"c"}));
  ASSERT_TRUE(builder.add_input("z", {Shape{4, 4, 1, 1}}));
  ASSERT_TRUE(builder.add_layer("search", "conv", searched, {"data", "z"}, {"s"}));
  ASSERT_TRUE(builder.add_layer("bn", "norm", Norm{.kind = Norm::Kind::batch}, {"s"}, {"n"}));
  ASSERT_TRUE(builder.add_layer("shift", "eltwise", Eltwise{.with = {conv.filters, 1, 1}}, {"n"}, {"y"}));
  EXPECT_EQ(fold(std::move(builder).finish().value()).layers.size(), 4U);
}

TEST(Fold, LeavesABatchNormBehindASplitThatOthersRead) {
  auto builder = with_input();
  ASSERT_TRUE(builder.add_layer("conv1", "conv", conv, {"data"}, {"c"}));
  ASSERT_TRUE(builder.add_layer("split", "Split", Identity{false, 2}, {"c"}, {"c0", "c1"}));
  ASSERT_TRUE(builder.add_layer("bn1", "norm", Norm{.kind = Norm::Kind::batch}, {"c0"}, {"n"}));
  ASSERT_TRUE(builder.add_layer("sum", "eltwise", Eltwise{}, {"c1", "n"}, {"s"}));
  const auto net = fold(std::move(builder).finish().value());
  EXPECT_EQ(net.layers.size(), 3U);
  EXPECT_EQ(net.tensors[net.layers[1].inputs[0]].consumers.size(), 2U);
}

TEST(Fold, RemovesDropoutAndKeepsItsName) {
  auto builder = with_input();
  ASSERT_TRUE(builder.add_layer("fc6", "fc", Fc{8}, {"data"}, {"fc6"}));
  ASSERT_TRUE(builder.add_layer("drop6", "Dropout", Identity{true}, {"fc6"}, {"fc6"}));
  ASSERT_TRUE(builder.add_layer("fc7", "fc", Fc{8}, {"fc6"}, {"fc7"}));
  const auto net = fold(std::move(builder).finish().value());
  ASSERT_EQ(net.layers.size(), 2U);
  EXPECT_THAT(net.layers[0].sources, ElementsAre("fc6", "drop6"));
  EXPECT_EQ(net.tensors[net.layers[1].inputs[0]].name, "fc6");
}

TEST(Fold, KeepsAnIdentityThatReadsTheNetsInput) {
  auto builder = with_input();
  ASSERT_TRUE(builder.add_layer("drop", "Dropout", Identity{true}, {"data"}, {"d"}));
  ASSERT_TRUE(builder.add_layer("conv1", "conv", conv, {"d"}, {"c"}));
  EXPECT_EQ(fold(std::move(builder).finish().value()).layers.size(), 2U);
}

}  // namespace
}  // namespace ns
