// Which layers the nodes of a model become; the same hand examples as in ONNX's operator documents.
#include "tests/unit/onnx/mapped_layers.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace ns::onnx {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(Mapping, ConvolutionsKeepTheirWindow) {
  const auto maker = GraphMaker{}
                         .input("x", "1x3x32x32")
                         .weight("w", {8, 3, 3, 3})
                         .weight("b", {8})
                         .node("Conv", {"x", "w", "b"}, {"y"},
                               {attribute("strides", std::vector<std::int64_t>{2, 2}),
                                attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})})
                         .output("y");
  EXPECT_EQ(layers_of(maker), "conv:filters=8,kernel=3,stride=2,pad=1@1x3x32x32");
}

TEST(Mapping, FiltersMayBeAMap) {
  const auto searched = GraphMaker{}
                            .input("x", "1x8x22x22")
                            .input("z", "1x8x6x6")
                            .weight("b", {1})
                            .node("Conv", {"x", "z"}, {"score"})
                            .node("Conv", {"x", "z", "b"}, {"shifted"})
                            .output("score")
                            .output("shifted");
  EXPECT_EQ(layers_of(searched),
            "conv:filters=1,kernel=6,bias=0,stored=0@1x8x22x22,1x8x6x6 "
            "conv:filters=1,kernel=6,stored=0@1x8x22x22,1x8x6x6");
}

TEST(Mapping, ABiasCastToTheTypeOfTheMapIsABias) {
  const auto maker = GraphMaker{}
                         .input("x", "1x3x8x8")
                         .weight("w", {4, 3, 2, 2})
                         .weight("b", {4}, DType::float64)
                         .node("CastLike", {"b", "x"}, {"like"})
                         .node("Conv", {"x", "w", "like"}, {"y"})
                         .output("y");
  EXPECT_EQ(layers_of(maker), "conv:filters=4,kernel=2@1x3x8x8");
}

TEST(Mapping, AutomaticPaddingBecomesNumbers) {
  auto same = [](std::string where) {
    Attribute attribute;
    attribute.name = "auto_pad";
    attribute.type = Attribute::Type::text;
    attribute.text = std::move(where);
    return GraphMaker{}
        .input("x", "1x3x8x8")
        .weight("w", {4, 3, 2, 2})
        .node("Conv", {"x", "w"}, {"y"}, {attribute})
        .output("y");
  };
  EXPECT_EQ(layers_of(same("SAME_UPPER")), "conv:filters=4,kernel=2,pad=0x0x1x1,bias=0@1x3x8x8");
  EXPECT_EQ(layers_of(same("SAME_LOWER")), "conv:filters=4,kernel=2,pad=1x1x0x0,bias=0@1x3x8x8");
}

TEST(Mapping, WindowsBeyondAllExtentsAreInNoRoom) {
  Attribute same;
  same.name = "auto_pad";
  same.type = Attribute::Type::text;
  same.text = "SAME_UPPER";
  const auto maker = GraphMaker{}
                         .input("x", "1x3x8x8")
                         .weight("w", {4, 3, 2, 2})
                         .node("Conv", {"x", "w"}, {"y"},
                               {same, attribute("strides", std::vector<std::int64_t>(
                                                               2, std::numeric_limits<std::int64_t>::max()))})
                         .output("y");
  EXPECT_THAT(layers_of(maker), HasSubstr("opaque:op=Conv"));
}

// The text form of a layer has no words for them; a clip to all numbers clips to the largest.
TEST(Mapping, NumbersThatAreNotFiniteAreInNoRoom) {
  const auto with = [](std::string op, std::string name, double value) {
    Attribute attribute;
    attribute.name = std::move(name);
    attribute.type = Attribute::Type::real;
    attribute.real = value;
    return layers_of(
        GraphMaker{}.input("x", "1x4x3x3").node(std::move(op), {"x"}, {"y"}, {attribute}).output("y"));
  };
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(with("LeakyRelu", "alpha", 0.5), "act:leaky_relu,alpha=0.5@1x4x3x3");
  EXPECT_THAT(with("LeakyRelu", "alpha", infinity), HasSubstr("opaque:op=LeakyRelu"));
  EXPECT_THAT(with("Elu", "alpha", std::numeric_limits<double>::quiet_NaN()), HasSubstr("opaque:op=Elu"));
  EXPECT_THAT(with("Clip", "min", -infinity), HasSubstr("act:clip,alpha=-3.4028234663852886e38"));
}

TEST(Mapping, ArithmeticWithANumberIsOneActivation) {
  const auto with = [](std::string op, bool first) {
    Attribute value;
    value.name = "value_float";
    value.type = Attribute::Type::real;
    value.real = 4.0;
    const std::vector<std::string> inputs =
        first ? std::vector<std::string>{"c", "x"} : std::vector<std::string>{"x", "c"};
    return layers_of(GraphMaker{}
                         .input("x", "2x3")
                         .node("Constant", {}, {"c"}, {value})
                         .node(std::move(op), inputs, {"y"})
                         .output("y"));
  };
  // (gamma + beta x)^alpha
  EXPECT_EQ(with("Add", false), "act:power,alpha=1,beta=1,gamma=4@2x3");
  EXPECT_EQ(with("Sub", true), "act:power,alpha=1,beta=-1,gamma=4@2x3");
  EXPECT_EQ(with("Div", false), "act:power,alpha=1,beta=0.25@2x3");
  EXPECT_EQ(with("Div", true), "act:power,alpha=-1,beta=0.25@2x3");
  EXPECT_EQ(with("Pow", false), "act:power,alpha=4,beta=1@2x3");
}

TEST(Mapping, AStoredTokenIsJoinedInItsPlace) {
  const auto with = [](const std::vector<std::string>& operands) {
    return layers_of(GraphMaker{}
                         .input("x", "1x196x192")
                         .weight("token", {1, 1, 192})
                         .weight("none", {1, 0, 192})
                         .node("Concat", operands, {"y"}, {attribute("axis", 1)})
                         .output("y"));
  };
  EXPECT_EQ(with({"token", "x"}), "concat:with=1x1x192@1x196x192");
  EXPECT_EQ(with({"x", "token"}), "concat:with=1x1x192,at=1@1x196x192");
  EXPECT_EQ(with({"none", "x"}), "concat@1x196x192");
  EXPECT_THAT(with({"token", "x", "token"}), HasSubstr("opaque:op=Concat"));
}

TEST(Mapping, ChoicesMayStoreTheirConditionAndOneOfTheChosen) {
  const auto with = [](const std::vector<std::string>& operands) {
    return layers_of(GraphMaker{}
                         .input("x", "1x2x8x8")
                         .input("z", "1x2x8x8")
                         .input("flag", "8x8", DType::boolean)
                         .weight("mask", {1, 1, 8, 8}, DType::boolean)
                         .weight("low", {})
                         .node("Where", operands, {"y"})
                         .output("y"));
  };
  EXPECT_EQ(with({"mask", "x", "low"}), "eltwise:where,with=1,condition=1x1x8x8@1x2x8x8");
  EXPECT_EQ(with({"mask", "low", "x"}), "eltwise:where,with=1,with_first=1,condition=1x1x8x8@1x2x8x8");
  EXPECT_EQ(with({"mask", "x", "z"}), "eltwise:where,condition=1x1x8x8@1x2x8x8,1x2x8x8");
  EXPECT_EQ(with({"flag", "x", "low"}), "eltwise:where,with=1@8x8:bool,1x2x8x8");
  EXPECT_EQ(with({"flag", "x", "z"}), "eltwise:where@8x8:bool,1x2x8x8,1x2x8x8");
  EXPECT_THAT(with({"flag", "low", "low"}), HasSubstr("opaque:op=Where"));
}

TEST(Mapping, RecurrentLayersMayNameTheirUsualFunctions) {
  const auto with = [](std::string op, std::int64_t gates, std::vector<Attribute> attributes) {
    attributes.push_back(attribute("hidden_size", 4));
    attributes.push_back(text_attribute("direction", "bidirectional"));
    return layers_of(GraphMaker{}
                         .input("x", "5x1x3")
                         .weight("w", {2, gates * 4, 3})
                         .weight("r", {2, gates * 4, 4})
                         .node(std::move(op), {"x", "w", "r"}, {"y"}, std::move(attributes))
                         .output("y"));
  };
  using Names = std::vector<std::string>;
  const auto named = [](Names names) { return std::vector{attribute("activations", std::move(names))}; };
  EXPECT_EQ(with("LSTM", 4, named({"Sigmoid", "Tanh", "Tanh", "Sigmoid", "Tanh", "Tanh"})),
            "rnn:lstm,hidden=4,direction=both,bias=0@5x1x3");
  EXPECT_EQ(with("GRU", 3, named({"Sigmoid", "Tanh", "Sigmoid", "Tanh"})),
            "rnn:gru,hidden=4,direction=both,bias=0@5x1x3");
  EXPECT_EQ(with("RNN", 1, named({"Tanh", "Tanh"})), "rnn:rnn,hidden=4,direction=both,bias=0@5x1x3");
  EXPECT_THAT(with("RNN", 1, named({"Tanh", "Relu"})), HasSubstr("opaque:op=RNN"));
  EXPECT_THAT(with("GRU", 3, named({"Sigmoid", "Tanh"})), HasSubstr("opaque:op=GRU"));
  EXPECT_THAT(with("RNN", 1, {real_attribute("activation_alpha", 0.5)}), HasSubstr("opaque:op=RNN"));
}

TEST(Mapping, TheLargestAreKnownByTheirNumberAndBothOutputsMayBeUnread) {
  const auto with = [](const std::vector<std::string>& read, std::vector<Attribute> attributes) {
    GraphMaker maker;
    maker.input("x", "2x9x5").number("k", 4).node("TopK", {"x", "k"}, {"v", "i"}, std::move(attributes));
    for (const auto& name : read) maker.output(name);
    return layers_of(maker);
  };
  EXPECT_EQ(with({"v", "i"}, {}), "topk:k=4,axis=2@2x9x5");
  EXPECT_EQ(with({"v"}, {attribute("axis", 1)}), "topk:k=4,outputs=v@2x9x5");
  EXPECT_EQ(with({"i"}, {attribute("axis", -2), attribute("largest", 0), attribute("sorted", 0)}),
            "topk:k=4,smallest=1,outputs=i@2x9x5");
  EXPECT_THAT(layers_of(GraphMaker{}
                            .input("x", "2x9")
                            .input("k", "1", DType::int64)
                            .node("TopK", {"x", "k"}, {"v", "i"})
                            .output("v")),
              HasSubstr("opaque:op=TopK"));
}

TEST(Mapping, RunningSumsAndProductsKnowTheirAxis) {
  const auto with = [](std::string op, std::vector<Attribute> attributes) {
    return layers_of(GraphMaker{}
                         .input("x", "2x3x4")
                         .number("axis", -2)
                         .node(std::move(op), {"x", "axis"}, {"y"}, std::move(attributes))
                         .output("y"));
  };
  EXPECT_EQ(with("CumSum", {}), "cumsum@2x3x4");
  EXPECT_EQ(with("CumSum", {attribute("exclusive", 1), attribute("reverse", 1)}),
            "cumsum:exclusive=1,reverse=1@2x3x4");
  EXPECT_EQ(with("CumProd", {}), "cumsum:kind=prod@2x3x4");
  EXPECT_THAT(layers_of(GraphMaker{}
                            .input("x", "2x3")
                            .input("axis", "", DType::int64)
                            .node("CumSum", {"x", "axis"}, {"y"})
                            .output("y")),
              HasSubstr("opaque:op=CumSum"));
}

TEST(Mapping, SlopesAreOnePerChannelOrOneForAll) {
  const auto with = [](std::vector<std::int64_t> slope) {
    return layers_of(GraphMaker{}
                         .input("x", "2x3x4")
                         .weight("s", std::move(slope))
                         .node("PRelu", {"x", "s"}, {"y"})
                         .output("y"));
  };
  EXPECT_EQ(with({3, 1}), "act:prelu@2x3x4");
  EXPECT_EQ(with({1}), "act:prelu,shared=1@2x3x4");
  EXPECT_EQ(with({1, 1, 1}), "act:prelu,shared=1@2x3x4");
  EXPECT_EQ(with({}), "act:prelu,shared=1@2x3x4");
  EXPECT_THAT(with({4}), HasSubstr("opaque:op=PRelu"));
  EXPECT_THAT(with({3, 4}), HasSubstr("opaque:op=PRelu"));
}

TEST(Mapping, OneStoredIndexPicksAndTakesTheAxisAway) {
  const auto by_scalar = GraphMaker{}
                             .input("x", "3x64x49x32")
                             .number("one", 1)
                             .node("Gather", {"x", "one"}, {"y"}, {attribute("axis", 0)})
                             .output("y");
  EXPECT_EQ(layers_of(by_scalar), "gather:single=1@3x64x49x32");
  const auto by_list = GraphMaker{}
                           .input("x", "2x128x768")
                           .numbers("ends", {0, -1})
                           .node("Gather", {"x", "ends"}, {"y"}, {attribute("axis", 1)})
                           .output("y");
  EXPECT_EQ(layers_of(by_list), "gather:axis=1,indices=2@2x128x768");
}

TEST(Mapping, SumsMayBeginWithStoredData) {
  const auto scattered = [](bool stores_indices) {
    GraphMaker maker;
    maker.input("updates", "5x4").weight("zeros", {3, 4});
    if (stores_indices)
      maker.weight("places", {5, 4}, DType::int64);
    else
      maker.input("places", "5x4", DType::int64);
    return maker
        .node("ScatterElements", {"zeros", "places", "updates"}, {"y"}, {text_attribute("reduction", "add")})
        .output("y");
  };
  EXPECT_EQ(layers_of(scattered(false)), "scatter:elements,combine=add,data=3x4@5x4:int64,5x4");
  EXPECT_EQ(layers_of(scattered(true)), "scatter:elements,combine=add,indices=5x4,data=3x4@5x4");
}

TEST(Mapping, ShapeArithmeticIsNoLayer) {
  const auto maker = GraphMaker{}
                         .input("x", "2x3x4")
                         .node("Relu", {"x"}, {"r"})
                         .node("Shape", {"r"}, {"s"})
                         .numbers("zero", {0})
                         .node("Gather", {"s", "zero"}, {"batch"})
                         .numbers("rest", {-1})
                         .node("Concat", {"batch", "rest"}, {"target"}, {attribute("axis", 0)})
                         .node("Reshape", {"r", "target"}, {"y"})
                         .output("y");
  EXPECT_EQ(layers_of(maker), "act:relu@2x3x4 reshape:extents=2x12@2x3x4");
}

TEST(Mapping, WhatNoRoomDescribesKeepsItsWork) {
  const auto maker = GraphMaker{}
                         .input("x", "1x4x8x8")
                         .weight("w", {4, 2, 2, 2})
                         .node("ConvTranspose", {"x", "w"}, {"y"})
                         .node("NoSuchOperator", {"y"}, {"z"})
                         .declare("z", "1x7")
                         .output("z");
  const auto net = mapped(maker);
  ASSERT_TRUE(net) << net.error().message;
  // 1 x 4 x 8 x 8 inputs, each times 2 filters of 2 x 2.
  EXPECT_EQ(totals(*net).macs, Macs{4.0 * 8 * 8 * 2 * 2 * 2});
  EXPECT_EQ(type_of(net->layers.back().params), "opaque");
  EXPECT_EQ(print(net->tensors.back().type), "1x7");
}

TEST(Mapping, AskForFreeDimensions) {
  const auto maker = GraphMaker{}.input("x", "2xseq").node("Relu", {"x"}, {"y"}).output("y");
  const auto net = mapped(maker);
  ASSERT_FALSE(net);
  EXPECT_EQ(net.error().code, Errc::usage);
  EXPECT_EQ(net.error().message,
            "made.onnx: sizes of its inputs are free: seq; give each, such as --dim seq=128");
  EXPECT_EQ(layers_of(maker, {.dims = {{"seq", 5}}, .shapes = {}, .values = {}}), "act:relu@2x5");
}

TEST(Mapping, SizesThatDependOnDataCountWithTheirBound) {
  const auto maker = GraphMaker{}.input("x", "3x4").node("NonZero", {"x"}, {"y"}).output("y");
  const auto net = mapped(maker);
  ASSERT_TRUE(net) << net.error().message;
  EXPECT_EQ(print(net->tensors.back().type), "2x12:int64");
  EXPECT_TRUE(net->tensors.back().crosses);
  EXPECT_THAT(net->warnings.back(), HasSubstr("sizes of 1 tensor depend on data"));
}

TEST(Mapping, SequencesCrossNoCut) {
  const auto maker = GraphMaker{}
                         .input("x", "2x3")
                         .node("SequenceConstruct", {"x", "x"}, {"s"})
                         .number("zero", 0)
                         .node("SequenceAt", {"s", "zero"}, {"y"})
                         .output("y");
  const auto net = mapped(maker);
  ASSERT_TRUE(net) << net.error().message;
  const auto sequence = std::ranges::find(net->tensors, "s", &Tensor::name);
  ASSERT_NE(sequence, net->tensors.end());
  EXPECT_FALSE(sequence->crosses);
}

TEST(Mapping, BodiesReadWhatIsAroundThem) {
  const auto branch = [](const char* op) {
    return GraphMaker{}.node(op, {"r"}, {"out"}).output("out").graph();
  };
  const auto maker =
      GraphMaker{}
          .input("x", "2x3")
          .input("flag", "", DType::boolean)
          .node("Relu", {"x"}, {"r"})
          .node("If", {"flag"}, {"y"},
                {attribute("then_branch", branch("Neg")), attribute("else_branch", branch("Abs"))})
          .output("y");
  const auto net = mapped(maker);
  ASSERT_TRUE(net) << net.error().message;
  EXPECT_EQ(net->layers.back().inputs.size(), 2U);
  EXPECT_THAT(net->layers.back().op, "If");
}

TEST(Mapping, RefusesANetThatComputesNothing) {
  const auto maker = GraphMaker{}.input("x", "2").numbers("y", {1, 2}).output("y");
  const auto net = mapped(maker);
  ASSERT_FALSE(net);
  EXPECT_THAT(net.error().message, HasSubstr("none of its outputs depends on an input"));
}

}  // namespace
}  // namespace ns::onnx
