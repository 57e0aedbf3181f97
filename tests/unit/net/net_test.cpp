#include "net/net.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

NetBuilder with_input() {
  NetBuilder builder{"net"};
  EXPECT_TRUE(builder.add_input("data", {Shape{1, 3, 8, 8}}));
  return builder;
}

const Conv conv{4, {3, 3}, {1, 1}, {1, 1, 1, 1}, {1, 1}, 1, true};

TEST(NetBuilder, KeepsTheBlobsNameForItsLastWriter) {
  auto builder = with_input();
  ASSERT_TRUE(builder.add_layer("conv1", "Convolution", conv, {"data"}, {"conv1"}));
  ASSERT_TRUE(builder.add_layer("relu1", "ReLU", Act{}, {"conv1"}, {"conv1"}));
  ASSERT_TRUE(builder.add_layer("drop1", "Dropout", Identity{true}, {"conv1"}, {"conv1"}));
  const auto net = std::move(builder).finish();
  ASSERT_TRUE(net);
  EXPECT_EQ(net->tensors[1].name, "conv1@conv1");
  EXPECT_EQ(net->tensors[2].name, "conv1@relu1");
  EXPECT_EQ(net->tensors[3].name, "conv1");
  EXPECT_EQ(net->outputs, std::vector<TensorId>{3});
}

TEST(NetBuilder, NamesTheLayerAndSuggestsTheTensor) {
  auto builder = with_input();
  EXPECT_EQ(builder.add_layer("conv1", "conv", conv, {"dat"}, {"conv1"}).error().message,
            "layer conv1: reads 'dat', which nothing before it makes; did you mean 'data'?");
  ASSERT_TRUE(builder.add_layer("conv1", "conv", conv, {"data"}, {"conv1"}));
  EXPECT_EQ(builder.add_layer("conv1", "conv", conv, {"data"}, {"conv2"}).error().message,
            "layer conv1 stands twice; give each its own name");
  EXPECT_EQ(builder.add_layer("fc", "fc", Fc{}, {"data"}, {"a", "b"}).error().message,
            "layer fc: makes 1 tensor, but 2 are named");
}

TEST(NetBuilder, RefusesANetWithoutLayers) {
  EXPECT_EQ(with_input().add_input("data", {Shape{1}}).error().message,
            "input data is declared twice; give each its own name");
  EXPECT_EQ(std::move(with_input()).finish().error().message, "the net has no layers");
}

// ModelTC's twin: weights shared or not, the totals of a net are those of its layers.
TEST(Totals, AreALowerBoundWithAnOpaqueLayer) {
  auto builder = with_input();
  ASSERT_TRUE(builder.add_layer("conv1", "conv", conv, {"data"}, {"c"}));
  ASSERT_TRUE(builder.add_layer("magic", "Magic", Opaque{"Magic", {"1x4x8x8"}}, {"c"}, {"m"}));
  const auto sum = totals(std::move(builder).finish().value());
  EXPECT_EQ(sum.macs, Macs{4 * 3 * 9 * 64});
  EXPECT_EQ(sum.parameters, 4 * 3 * 9 + 4);
  EXPECT_TRUE(sum.lower_bound());
}

TEST(NetOf, BuildsTheLayerItsTextNames) {
  const auto layer = parse_layer("conv:filters=8,kernel=1+eltwise:add+act:relu@1x4x2x2,1x8x2x2").value();
  const auto net = net_of(layer);
  ASSERT_TRUE(net);
  EXPECT_EQ(net->layers.size(), 3U);
  EXPECT_EQ(net->inputs.size(), 2U);
  EXPECT_EQ(net->tensors[net->outputs.front()].type.shape, (Shape{1, 8, 2, 2}));
}

TEST(Hash, ChangesWithAParameterAndNotWithTheFile) {
  const auto make = [](std::int64_t filters, const char* file) {
    auto builder = with_input();
    auto other = conv;
    other.filters = filters;
    EXPECT_TRUE(builder.add_layer("conv1", "conv", other, {"data"}, {"c"}));
    auto net = std::move(builder).finish().value();
    net.file = file;
    return hash(net);
  };
  EXPECT_EQ(make(4, "a"), make(4, "b"));
  EXPECT_NE(make(4, "a"), make(5, "a"));
}

}  // namespace
}  // namespace ns
