// Which layers the nodes of a quantised model become.
#include "tests/unit/onnx/mapped_layers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(QuantisationMapping, QuantisingByOneKnownScaleIsACast) {
  const auto with = [](std::string op, DType dtype, double scale, std::vector<std::string> inputs) {
    Attribute value;
    value.name = "value_float";
    value.type = Attribute::Type::real;
    value.real = scale;
    return layers_of(GraphMaker{}
                         .input("x", "1x2x8x8", dtype)
                         .node("Constant", {}, {"scale"}, {value})
                         .weight("scales", {2})
                         .node(std::move(op), std::move(inputs), {"y"})
                         .output("y"));
  };
  EXPECT_EQ(with("QuantizeLinear", DType::float32, 0.5, {"x", "scale"}),
            "cast:dtype=uint8,scale=0.5@1x2x8x8");
  EXPECT_EQ(with("DequantizeLinear", DType::int8, 0.5, {"x", "scale"}), "cast:scale=0.5@1x2x8x8:int8");
  EXPECT_THAT(with("QuantizeLinear", DType::float32, 0.5, {"x", "scales"}),
              HasSubstr("opaque:op=QuantizeLinear"));
  EXPECT_THAT(with("QuantizeLinear", DType::float32, -0.5, {"x", "scale"}),
              HasSubstr("opaque:op=QuantizeLinear"));
  EXPECT_THAT(with("DequantizeLinear", DType::float8e4m3fn, 0.5, {"x", "scale"}),
              HasSubstr("opaque:op=DequantizeLinear"));
}

Attribute number(double value) { return real_attribute("value_float", value); }

TEST(QuantisationMapping, QuantisedConvolutionsMultiplyWholeNumbers) {
  const auto with = [](DType bias, std::vector<std::int64_t> scales) {
    return layers_of(GraphMaker{}
                         .input("x", "1x3x8x8", DType::uint8)
                         .node("Constant", {}, {"xs"}, {number(0.5)})
                         .node("Constant", {}, {"ys"}, {number(0.25)})
                         .weight("w", {4, 3, 3, 3}, DType::int8)
                         .weight("ws", std::move(scales))
                         .weight("b", {4}, bias)
                         .node("QLinearConv", {"x", "xs", "", "w", "ws", "", "ys", "", "b"}, {"y"})
                         .output("y"));
  };
  const auto layer =
      "conv:filters=4,kernel=3,filter_dtype=int8,in_scale=0.5,out_scale=0.25,out_dtype=uint8@1x3x8x8:uint8";
  EXPECT_EQ(with(DType::int32, {4}), layer);
  EXPECT_EQ(with(DType::int32, {}), layer);
  EXPECT_THAT(with(DType::int32, {3}), HasSubstr("opaque:op=QLinearConv"));
}

// Where all extents are one, shapes do not tell which axis holds the channels.
TEST(QuantisationMapping, ChannelsBehindTheMapAreNotTakenForChannelsInFront) {
  const auto with = [](std::int64_t channels_last) {
    return layers_of(GraphMaker{}
                         .input("x", "1x4x4x4", DType::uint8)
                         .node("Constant", {}, {"s"}, {number(0.5)})
                         .weight("w", {4, 4, 1, 1}, DType::int8)
                         .node("QLinearConv", {"x", "s", "", "w", "s", "", "s", ""}, {"y"},
                               {attribute("channels_last", channels_last)}, "com.microsoft")
                         .output("y"));
  };
  EXPECT_THAT(with(0), HasSubstr("conv:filters=4"));
  EXPECT_THAT(with(1), HasSubstr("opaque:op=QLinearConv"));
}

TEST(QuantisationMapping, FiltersOfUnsignedBytesNeedTheirZeroPoints) {
  const auto with = [](const std::string& points) {
    return layers_of(GraphMaker{}
                         .input("x", "1x4", DType::uint8)
                         .node("Constant", {}, {"s"}, {number(0.5)})
                         .weight("w", {4, 3}, DType::uint8)
                         .weight("points", {3}, DType::uint8)
                         .node("QLinearMatMul", {"x", "s", "", "w", "s", points, "s", ""}, {"y"})
                         .output("y"));
  };
  EXPECT_EQ(with("points"),
            "fc:features=3,bias=0,filter_dtype=uint8,in_scale=0.5,out_scale=0.5,out_dtype=uint8@1x4:uint8");
  EXPECT_THAT(with(""), HasSubstr("opaque:op=QLinearMatMul"));
}

TEST(QuantisationMapping, ZeroPointsThatAreTooManyToLookAtAreTakenAsTheyAre) {
  const auto with = [](std::int64_t filters) {
    return layers_of(GraphMaker{}
                         .input("x", "1x4", DType::uint8)
                         .node("Constant", {}, {"s"}, {number(0.5)})
                         .weight("w", {4, filters}, DType::uint8)
                         .weight("points", {filters}, DType::uint8)
                         .node("QLinearMatMul", {"x", "s", "", "w", "s", "points", "s", ""}, {"y"})
                         .output("y"));
  };
  EXPECT_THAT(with(1 << 16), Not(HasSubstr("filter_zero_points")));
  EXPECT_THAT(with((1 << 16) + 1), HasSubstr("filter_zero_points=1"));
}

TEST(QuantisationMapping, FiltersThatANodeMakesRealAreStoredAsBytes) {
  const auto with = [](std::int64_t axis, std::int64_t scales) {
    return layers_of(GraphMaker{}
                         .input("x", "1x3x8x8")
                         .weight("bytes", {3, 3, 1, 1}, DType::int8)
                         .weight("scales", {scales})
                         .node("DequantizeLinear", {"bytes", "scales"}, {"w"}, {attribute("axis", axis)})
                         .node("Conv", {"x", "w"}, {"y"})
                         .output("y"));
  };
  EXPECT_EQ(with(0, 3), "conv:filters=3,kernel=1,bias=0,filter_dtype=int8@1x3x8x8");
  EXPECT_EQ(with(1, 1), "conv:filters=3,kernel=1,bias=0,filter_dtype=int8@1x3x8x8");
  EXPECT_EQ(with(1, 3), "conv:filters=3,kernel=1,bias=0@1x3x8x8");
}

TEST(QuantisationMapping, OperatorsOnQuantisedTensorsAreComputedWithRealNumbers) {
  const auto maker = GraphMaker{}
                         .input("a", "1x4", DType::uint8)
                         .input("b", "1x4", DType::uint8)
                         .node("Constant", {}, {"s"}, {number(0.5)})
                         .node("QLinearAdd", {"a", "s", "", "b", "s", "", "s"}, {"y"}, {}, "com.microsoft")
                         .output("y");
  EXPECT_EQ(layers_of(maker),
            "cast:scale=0.5@1x4:uint8 cast:scale=0.5@1x4:uint8 eltwise:add@1x4,1x4 "
            "cast:dtype=uint8,scale=0.5@1x4");
}

/// What ONNX Runtime's dynamic quantisation makes of MatMul with an input "x".
GraphMaker dynamic_product(std::vector<std::int64_t> scales) {
  return GraphMaker{}
      .input("x", "2x4")
      .weight("w", {4, 3}, DType::int8)
      .weight("ws", std::move(scales))
      .node("DynamicQuantizeLinear", {"x"}, {"q", "s", "z"})
      .node("Mul", {"s", "ws"}, {"scales"})
      .node("MatMulInteger", {"q", "w", "z"}, {"sums"})
      .node("Cast", {"sums"}, {"reals"}, {attribute("to", 1)})
      .node("Mul", {"reals", "scales"}, {"y"})
      .output("y");
}

TEST(QuantisationMapping, AProductWhoseInputIsMadeWholeOnTheWayIsOneLayer) {
  const auto layer = "fc:features=3,bias=0,filter_dtype=int8,dynamic=1@2x4";
  EXPECT_EQ(layers_of(dynamic_product({})), layer);
  EXPECT_EQ(layers_of(dynamic_product({3})), layer);
  EXPECT_EQ(layers_of(GraphMaker{}
                          .input("x", "1x2x5x5")
                          .weight("w", {3, 2, 3, 3}, DType::uint8)
                          .weight("ws", {3, 1, 1})
                          .weight("points", {1}, DType::uint8)
                          .node("DynamicQuantizeLinear", {"x"}, {"q", "s", "z"})
                          .node("ConvInteger", {"q", "w", "z", "points"}, {"sums"})
                          .node("Cast", {"sums"}, {"reals"}, {attribute("to", 1)})
                          .node("Mul", {"ws", "reals"}, {"scaled"})
                          .node("Mul", {"scaled", "s"}, {"y"})
                          .output("y")),
            "conv:filters=3,kernel=3,bias=0,filter_dtype=uint8,dynamic=1@1x2x5x5");
}

TEST(QuantisationMapping, ADynamicProductOfWhichOthersReadAPartStaysNodes) {
  EXPECT_THAT(layers_of(dynamic_product({2, 1})), HasSubstr("opaque:op=MatMulInteger"));
  EXPECT_THAT(layers_of(dynamic_product({}).output("sums")), HasSubstr("opaque:op=MatMulInteger"));
  EXPECT_THAT(layers_of(dynamic_product({}).output("scales")), HasSubstr("opaque:op=MatMulInteger"));
  // The whole numbers are made for somebody else, too.
  EXPECT_THAT(layers_of(dynamic_product({}).output("q")),
              AllOf(HasSubstr("opaque:op=DynamicQuantizeLinear"), HasSubstr("fc:features=3")));
}

/// DynamicQuantizeLSTM of 4 units in both directions that reads 3 numbers.
GraphMaker dynamic_lstm(std::vector<std::int64_t> scales, std::vector<std::string> states) {
  std::vector<std::string> inputs{"x", "w", "r", "b", ""};
  states.resize(2);
  inputs.insert(inputs.end(), states.begin(), states.end());
  for (const auto* const name : {"", "ws", "wz", "rs", "rz"}) inputs.emplace_back(name);
  return GraphMaker{}
      .input("x", "5x1x3")
      .input("h", "2x1x4")
      .weight("w", {2, 3, 16}, DType::int8)
      .weight("r", {2, 4, 16}, DType::int8)
      .weight("b", {2, 32})
      .weight("c", {2, 1, 4})
      .weight("ws", scales)
      .weight("rs", scales)
      .weight("wz", {2}, DType::int8)
      .weight("rz", std::move(scales), DType::int8)
      .node("DynamicQuantizeLSTM", std::move(inputs), {"y"},
            {attribute("hidden_size", 4), text_attribute("direction", "bidirectional")}, "com.microsoft")
      .output("y");
}

TEST(QuantisationMapping, ALongShortTermMemoryOfBytesIsOneLayer) {
  EXPECT_EQ(layers_of(dynamic_lstm({2}, {})),
            "rnn:lstm,hidden=4,direction=both,filter_dtype=int8,dynamic=1@5x1x3");
  EXPECT_EQ(layers_of(dynamic_lstm({2, 16}, {"h", "c"})),
            "rnn:lstm,hidden=4,direction=both,states=h,stored=c,filter_dtype=int8,dynamic=1@5x1x3,2x1x4");
  EXPECT_THAT(layers_of(dynamic_lstm({2, 8}, {})), HasSubstr("opaque:op=DynamicQuantizeLSTM"));
}

}  // namespace
}  // namespace ns::onnx
