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

/// Bytes made real and a convolution with filters of bytes, which makes "c".
NetBuilder quantised() {
  NetBuilder builder{"net"};
  EXPECT_TRUE(builder.add_input("data", {Shape{1, 4, 8, 8}, DType::uint8}));
  const Cast up{.scale = 0.5, .zero_point = 7};
  EXPECT_TRUE(builder.add_layer("up", "DequantizeLinear", up, {"data"}, {"real"}));
  auto stored = conv;
  stored.quantisation.filter_dtype = DType::int8;
  EXPECT_TRUE(builder.add_layer("conv1", "Conv", stored, {"real"}, {"c"}));
  return builder;
}

const Cast down{DType::int8, 0.25, -128};

TEST(Fold, MakesAConvolutionBetweenScalesOneOfWholeNumbers) {
  auto builder = quantised();
  ASSERT_TRUE(builder.add_layer("relu", "Relu", Act{}, {"c"}, {"r"}));
  ASSERT_TRUE(builder.add_layer("down", "QuantizeLinear", down, {"r"}, {"q"}));
  const auto net = fold(std::move(builder).finish().value());
  ASSERT_EQ(net.layers.size(), 1U);
  const Quantisation expected{DType::int8, false, {0.5, 7}, {0.25, -128}, DType::int8};
  EXPECT_EQ(std::get<Conv>(net.layers[0].params).quantisation, expected);
  EXPECT_THAT(net.layers[0].sources, ElementsAre("conv1", "up", "relu", "down"));
  EXPECT_EQ(net.tensors[net.layers[0].inputs[0]].name, "data");
  EXPECT_EQ(net.tensors[net.outputs[0]].name, "q");
  EXPECT_EQ(net.tensors[net.outputs[0]].type.dtype, DType::int8);
}

TEST(Fold, KeepsAReluThatTheSmallestNumberDoesNotStandFor) {
  auto builder = quantised();
  ASSERT_TRUE(builder.add_layer("relu", "Relu", Act{}, {"c"}, {"r"}));
  ASSERT_TRUE(builder.add_layer("down", "QuantizeLinear", Cast{DType::int8, 0.25, 0}, {"r"}, {"q"}));
  const auto net = fold(std::move(builder).finish().value());
  ASSERT_EQ(net.layers.size(), 3U);
  EXPECT_TRUE(std::get<Conv>(net.layers[0].params).quantisation.is_integer());
  EXPECT_FALSE(std::get<Conv>(net.layers[0].params).quantisation.out);
}

TEST(Fold, GivesACastToOneOfItsReaders) {
  auto builder = quantised();
  auto stored = conv;
  stored.quantisation.filter_dtype = DType::int8;
  ASSERT_TRUE(builder.add_layer("conv2", "Conv", stored, {"real"}, {"c2"}));
  const auto net = fold(std::move(builder).finish().value());
  ASSERT_EQ(net.layers.size(), 2U);
  EXPECT_THAT(net.layers[0].sources, ElementsAre("conv1", "up"));
  EXPECT_THAT(net.layers[1].sources, ElementsAre("conv2"));
  EXPECT_EQ(net.tensors[net.inputs[0]].consumers.size(), 2U);
}

TEST(Fold, KeepsASumBehindWholeNumbers) {
  const Eltwise sum{.kind = Eltwise::Kind::add, .with = {4, 1, 1}};
  for (const bool scaled : {false, true}) {
    auto builder = quantised();
    if (scaled) {
      ASSERT_TRUE(builder.add_layer("down", "QuantizeLinear", down, {"c"}, {"q"}));
    }
    ASSERT_TRUE(builder.add_layer("sum", "Add", sum, {scaled ? "q" : "c"}, {"s"}));
    const auto net = fold(std::move(builder).finish().value());
    ASSERT_EQ(net.layers.size(), 2U);
    EXPECT_FALSE(std::get<Conv>(net.layers[0].params).bias);
  }
}

TEST(Fold, KeepsRealNumbersThatSomebodyElseReads) {
  auto builder = quantised();
  ASSERT_TRUE(builder.add_layer("down", "QuantizeLinear", down, {"c"}, {"q"}));
  ASSERT_TRUE(builder.add_layer("tanh", "Tanh", Act{.kind = Act::Kind::tanh}, {"real"}, {"t"}));
  ASSERT_TRUE(builder.add_layer("abs", "Abs", Act{.kind = Act::Kind::abs}, {"c"}, {"a"}));
  const auto net = fold(std::move(builder).finish().value());
  ASSERT_EQ(net.layers.size(), 5U);
  EXPECT_EQ(net.layers[1].name, "conv1");
  EXPECT_THAT(net.layers[1].sources, ElementsAre("conv1"));
  EXPECT_EQ(net.tensors[net.layers[1].inputs[0]].name, "data");
  EXPECT_EQ(net.tensors[net.layers[1].outputs[0]].type.dtype, DType::float32);
}

TEST(Fold, KeepsAnIdentityThatReadsTheNetsInput) {
  auto builder = with_input();
  ASSERT_TRUE(builder.add_layer("drop", "Dropout", Identity{true}, {"data"}, {"d"}));
  ASSERT_TRUE(builder.add_layer("conv1", "conv", conv, {"d"}, {"c"}));
  EXPECT_EQ(fold(std::move(builder).finish().value()).layers.size(), 2U);
}

}  // namespace
}  // namespace ns
