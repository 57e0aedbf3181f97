#include "graph_maker.hpp"
#include "net/layer.hpp"

#include <array>
#include <gmock/gmock.h>

namespace ns::onnx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const NodeCost& cost_of(const Inferred& inferred, std::size_t i) { return inferred.costs.at(i); }

GraphMaker convolution(std::string_view input) {
  return GraphMaker{}
      .input("x", input)
      .weight("w", {4, 3, 3, 3})
      .node("Conv", {"x", "w"}, {"y"}, {attribute("pads", {1, 1, 1, 1})})
      .output("y");
}

TEST(Sizes, TakeABatchAsOneAndSaySo) {
  const auto inferred = convolution("batchx3x8x8").inferred();
  EXPECT_EQ(shape_of(inferred, "y"), "1x4x8x8");
  EXPECT_THAT(inferred.warnings,
              ElementsAre("batch taken as 1: 'batch' (dimension 0 of input 'x'); another with --dim "
                          "'batch=4'"));
}

TEST(Sizes, NameDimensionsThatTheFileDoesNot) {
  const auto inferred = convolution("?x3x?x8").inferred();
  EXPECT_EQ(shape_of(inferred, "y"), "1x4xx.dim2x8");
  EXPECT_THAT(inferred.warnings, ElementsAre(HasSubstr("'x.dim0'"), HasSubstr("--dim 'x.dim2=SIZE'")));
  EXPECT_EQ(shape_of(convolution("?x3x?x8").inferred({{{"x.dim2", 5}}, {}, {}}), "y"), "1x4x5x8");
}

TEST(Sizes, TakeADeclaredZeroForFreeWhereTheNetComputes) {
  EXPECT_EQ(shape_of(convolution("0x3x8x8").inferred(), "y"), "1x4x8x8");
  const auto moves = GraphMaker{}.input("x", "0x3").node("Identity", {"x"}, {"y"}).output("y");
  EXPECT_EQ(shape_of(moves.inferred(), "y"), "0x3");
}

TEST(Sizes, AreBoundByOptions) {
  EXPECT_EQ(shape_of(convolution("nx3xhxw").inferred({{{"n", 2}, {"h", 8}, {"w", 9}}, {}, {}}), "y"),
            "2x4x8x9");
  EXPECT_EQ(shape_of(convolution("nx3xhxw").inferred({{}, {{"x", {2, 3, 8, 9}}}, {}}), "y"), "2x4x8x9");
}

TEST(Sizes, RefuseWhatContradicts) {
  const auto two =
      GraphMaker{}.input("a", "batchx2").input("b", "batchx2").node("Add", {"a", "b"}, {"y"}).output("y");
  EXPECT_EQ(two.error({{}, {{"a", {2, 2}}, {"b", {3, 2}}}, {}}),
            "dimension 'batch' is 2 by --shape a=2x2 and 3 by --shape b=3x2; it has one size");
  EXPECT_THAT(two.error({{{"batch", 4}}, {{"a", {2, 2}}}, {}}), HasSubstr("4 by --dim batch=4"));
  EXPECT_THAT(two.error({{{"bach", 4}}, {}, {}}), HasSubstr("did you mean 'batch'?"));
  EXPECT_THAT(two.error({{{"batch", -1}}, {}, {}}), HasSubstr("-1 is no size"));
  EXPECT_THAT(two.error({{}, {{"c", {2}}}, {}}), HasSubstr("no such input; it has a or b"));
  EXPECT_EQ(convolution("Nx160x160x3").error({{}, {{"x", {1, 3, 160, 160}}}, {}}),
            "--shape x=1x3x160x160: the input is declared Nx160x160x3; dimension 1 is 160 there and cannot "
            "become 3");
  EXPECT_THAT(convolution("Nx3x8x8").error({{}, {{"x", {1, 3}}}, {}}), HasSubstr("has 4 dimensions, not 2"));
}

TEST(Sizes, KnowSumsOfBoundDimensions) {
  const auto net = GraphMaker{}
                       .input("mask", "1xpast + 1")
                       .input("keys", "1xpast")
                       .node("Identity", {"mask"}, {"y"})
                       .output("y");
  EXPECT_EQ(shape_of(net.inferred({{{"past", 7}}, {}, {}}), "y"), "1x8");
  EXPECT_EQ(shape_of(net.inferred(), "y"), "1xpast + 1");
}

TEST(Sizes, TakeTheValueOfAScalarInput) {
  const auto net = GraphMaker{}
                       .input("steps", "", DType::int64)
                       .numbers("zero", {0})
                       .node("Unsqueeze", {"steps", "zero"}, {"shape"})
                       .node("ConstantOfShape", {"shape"}, {"y"})
                       .output("y");
  EXPECT_EQ(shape_of(net.inferred(), "y"), "?");
  EXPECT_EQ(shape_of(net.inferred({{}, {}, {{"steps", 4}}}), "y"), "4");
  EXPECT_THAT(net.error({{}, {}, {{"steps", 1.5}}}), HasSubstr("whole numbers"));
  EXPECT_THAT(net.error({{}, {}, {{"step", 4}}}), HasSubstr("did you mean 'steps'?"));
}

/// Reshapes to what the input's own shape says.
GraphMaker reshaping() {
  return GraphMaker{}
      .input("x", "nx96")
      .node("Shape", {"x"}, {"shape"})
      .number("first", 0)
      .node("Gather", {"shape", "first"}, {"n"})
      .numbers("axis", {0})
      .node("Unsqueeze", {"n", "axis"}, {"n1"})
      .numbers("rest", {2, 48})
      .node("Concat", {"n1", "rest"}, {"target"}, {attribute("axis", 0)})
      .node("Reshape", {"x", "target"}, {"y"})
      .output("y");
}

TEST(Engine, ComputesShapesFromShapes) {
  const auto inferred = reshaping().inferred({{{"n", 3}}, {}, {}});
  EXPECT_EQ(shape_of(inferred, "y"), "3x2x48");
  EXPECT_TRUE(inferred.facts.at("target").constant);
  EXPECT_FALSE(inferred.facts.at("y").constant);
  for (std::size_t i = 0; i + 1 < inferred.costs.size(); ++i) EXPECT_TRUE(cost_of(inferred, i).constant) << i;
  EXPECT_FALSE(inferred.costs.back().constant);
}

TEST(Engine, NamesTheNodeThatDoesNotFit) {
  const auto net =
      GraphMaker{}.input("x", "2x96").numbers("to", {1, 96}).node("Reshape", {"x", "to"}, {"y"}).output("y");
  EXPECT_THAT(net.error(), HasSubstr("node 'y' (Reshape): input 'x' is 2x96 (192 elements)"));
}

TEST(Engine, SaysWhichElementsItNeeds) {
  auto source = Source::of("");
  const auto net = GraphMaker{}
                       .input("x", "2x96")
                       .weight("to", {2}, DType::int64)
                       .node("Reshape", {"x", "to"}, {"y"})
                       .output("y");
  const auto inferred = net.infer({}, &source);
  ASSERT_FALSE(inferred);
  EXPECT_THAT(inferred.error().message,
              HasSubstr("node 'y' (Reshape): its shape follows from the elements of 'to'"));
}

TEST(Engine, OverrulesStaleDeclarations) {
  const auto inferred = convolution("4x3x8x8").declare("y", "1x4x16x16").inferred();
  EXPECT_EQ(shape_of(inferred, "y"), "4x4x8x8");
  EXPECT_THAT(inferred.warnings,
              ElementsAre("tensor 'y' of node 'y' (Conv): 1x4x16x16 is declared, 4x4x8x8 follows from "
                          "the operators; the declared shape is ignored"));
}

TEST(Engine, CountsWarningsThatAreTooMany) {
  GraphMaker net;
  net.input("x", "2");
  std::string last = "x";
  for (int i = 0; i < 8; ++i) {
    const auto next = "y" + std::to_string(i);
    net.node("Relu", {last}, {next}).declare(next, "3");
    last = next;
  }
  const auto warnings = net.output(last).inferred().warnings;
  ASSERT_EQ(warnings.size(), 6U);
  EXPECT_THAT(warnings.back(), HasSubstr("3 more tensors"));
}

GraphMaker with_unknown_operator() {
  return GraphMaker{}
      .input("x", "1x3x8x8")
      .weight("w", {4, 3, 1, 1})
      .node("Magic", {"x"}, {"m"})
      .of_domain("my.domain")
      .node("Conv", {"m", "w"}, {"y"})
      .output("y");
}

TEST(Engine, TakesDeclaredShapesOfOperatorsThatItDoesNotKnow) {
  const auto inferred = with_unknown_operator().declare("m", "1x3x5x5").inferred();
  EXPECT_EQ(shape_of(inferred, "y"), "1x4x5x5");
  EXPECT_DOUBLE_EQ(cost_of(inferred, 1).macs, 4.0 * 25 * 3);
  EXPECT_TRUE(cost_of(inferred, 0).opaque);
  EXPECT_TRUE(cost_of(inferred, 0).lower_bound);
  EXPECT_THAT(inferred.warnings, ElementsAre(HasSubstr("operator my.domain::Magic is not known")));
}

TEST(Engine, LeavesUnknownWhatNobodyDeclares) {
  const auto inferred = with_unknown_operator().inferred();
  EXPECT_EQ(shape_of(inferred, "m"), "rank?");
  EXPECT_EQ(cost_of(inferred, 1).macs, 0.0);
  EXPECT_TRUE(cost_of(inferred, 1).lower_bound);
}

TEST(Engine, MarksWhatDependsOnDataAndBoundsIt) {
  const auto inferred = GraphMaker{}
                            .input("x", "2x3")
                            .node("NonZero", {"x"}, {"places"})
                            .node("Transpose", {"places"}, {"rows"})
                            .node("Cast", {"rows"}, {"y"}, {attribute("to", 1)})
                            .node("ReduceSum", {"y"}, {"sum"})
                            .output("sum")
                            .inferred();
  const auto& fact = inferred.facts.at("y");
  EXPECT_TRUE(fact.on_data);
  ASSERT_TRUE(fact.most);
  EXPECT_EQ(to_string(*fact.most), "6x2");
  EXPECT_EQ(shape_of(inferred, "sum"), "1x1");
  EXPECT_FALSE(inferred.facts.at("sum").on_data);
  EXPECT_TRUE(inferred.costs.back().after_data);
}

TEST(Engine, NeverCallsRandomNumbersConstant) {
  const auto inferred =
      GraphMaker{}.node("RandomNormal", {}, {"r"}, {attribute("shape", {2, 3})}).output("r").inferred();
  EXPECT_EQ(shape_of(inferred, "r"), "2x3");
  EXPECT_FALSE(cost_of(inferred, 0).constant);
}

TEST(Engine, KnowsBeforehandWhatTakesNothingButTheTypeOfAnActivation) {
  const auto inferred = GraphMaker{}
                            .input("x", "Nx2")
                            .untyped("free")
                            .weight("w", {2}, DType::int32)
                            .node("Exp", {"x"}, {"a"})
                            .node("CastLike", {"w", "a"}, {"known"})
                            .node("CastLike", {"a", "w"}, {"activation"})
                            .node("CastLike", {"w", "free"}, {"untold"})
                            .inferred();
  const auto& known = inferred.facts.at("known");
  EXPECT_EQ(known.dtype, DType::float32);
  EXPECT_TRUE(known.constant && known.stored);
  EXPECT_TRUE(cost_of(inferred, 1).constant);
  EXPECT_FALSE(inferred.facts.at("activation").constant);
  EXPECT_FALSE(inferred.facts.at("untold").constant);
}

TEST(Parameters, CountSharedWeightsOnce) {
  const auto inferred = GraphMaker{}
                            .input("x", "1x100")
                            .weight("w", {100, 100})
                            .node("MatMul", {"x", "w"}, {"a"})
                            .node("MatMul", {"a", "w"}, {"y"})
                            .output("y")
                            .inferred();
  EXPECT_EQ(inferred.parameters, 10'000);
  EXPECT_EQ(inferred.parameter_bytes, 40'000);
  EXPECT_EQ(cost_of(inferred, 1).parameters, 10'000);
}

TEST(Parameters, LeaveOutTablesAndWhatNobodyReads) {
  const auto inferred = GraphMaker{}
                            .input("x", "4x3")
                            .weight("unread", {7})
                            .weight("table", {4}, DType::int64)
                            .weight("bias", {3}, DType::int32)
                            .weight("quantised", {5, 3}, DType::int8)
                            .node("Gather", {"x", "table"}, {"y"})
                            .node("Cast", {"quantised"}, {"q"}, {attribute("to", 1)})
                            .node("Cast", {"bias"}, {"b"}, {attribute("to", 1)})
                            .output("y")
                            .inferred();
  EXPECT_EQ(inferred.parameters, 15);
  EXPECT_EQ(inferred.parameter_bytes, 15);
}

TEST(Parameters, PassThroughWhatIsMadeOfThem) {
  const auto inferred = GraphMaker{}
                            .input("x", "1x8")
                            .weight("w", {4, 8})
                            .node("Transpose", {"w"}, {"t"})
                            .node("MatMul", {"x", "t"}, {"y"})
                            .output("y")
                            .inferred();
  EXPECT_EQ(inferred.parameters, 32);
  EXPECT_EQ(cost_of(inferred, 0).parameters, 0);
  EXPECT_EQ(cost_of(inferred, 1).parameters, 32);
}

TEST(Parameters, CountWeightsThatConstantNodesMake) {
  const auto inferred = GraphMaker{}
                            .input("x", "1x3x8x8")
                            .numbers("shape", {90, 3, 3, 3})
                            .node("ConstantOfShape", {"shape"}, {"w"})
                            .node("Conv", {"x", "w"}, {"y"})
                            .output("y")
                            .inferred();
  EXPECT_EQ(inferred.parameters, 2430);
  EXPECT_EQ(cost_of(inferred, 2).parameters, 2430);
}

TEST(Parameters, AreNotWhatFollowsFromAnActivationsShape) {
  const auto inferred = GraphMaker{}
                            .input("x", "2x3")
                            .node("Shape", {"x"}, {"shape"})
                            .node("ConstantOfShape", {"shape"}, {"zeros"})
                            .node("Add", {"x", "zeros"}, {"y"})
                            .output("y")
                            .inferred();
  EXPECT_EQ(inferred.parameters, 0);
}

TEST(Parameters, DoNotOverflow) {
  const auto inferred = GraphMaker{}
                            .input("x", "1x20000")
                            .weight("w", {20'000, 30'000})
                            .node("MatMul", {"x", "w"}, {"y"})
                            .output("y")
                            .inferred();
  EXPECT_EQ(inferred.parameter_bytes, 2'400'000'000);
  EXPECT_DOUBLE_EQ(cost_of(inferred, 0).macs, 6e8);
}

TEST(Flops, AreTwoPerMacAndTheOperatorsOwn) {
  const auto net = GraphMaker{}
                       .input("x", "2x8")
                       .weight("w", {8, 8})
                       .node("MatMul", {"x", "w"}, {"m"})
                       .node("Relu", {"m"}, {"r"})
                       .node("Sum", {"m", "r", "x"}, {"s"})
                       .node("Identity", {"s"}, {"y"})
                       .output("y");
  const auto inferred = net.inferred();
  EXPECT_DOUBLE_EQ(cost_of(inferred, 0).flops, 2.0 * 128);
  EXPECT_DOUBLE_EQ(cost_of(inferred, 1).flops, 16);
  EXPECT_DOUBLE_EQ(cost_of(inferred, 2).flops, 32);
  EXPECT_DOUBLE_EQ(cost_of(inferred, 3).flops, 0);
  EXPECT_THAT(inferred.warnings, IsEmpty());
}

TEST(Flops, AreThoseOfTheSameLayersInOtherFormats) {
  const auto inferred = GraphMaker{}
                            .input("x", "1x8x4x4")
                            .node("LRN", {"x"}, {"n"})
                            .node("Softmax", {"n"}, {"y"})
                            .output("y")
                            .inferred();
  const auto layers = std::array{parse_layer("norm:lrn@1x8x4x4"), parse_layer("softmax:axis=3@1x8x4x4")};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    ASSERT_TRUE(layers.at(i));
    const auto& layer = *layers.at(i);
    const Signature tensors{layer.inputs, *output_types(layer.params, layer.inputs)};
    EXPECT_DOUBLE_EQ(cost_of(inferred, i).flops, flops(layer.params, tensors).value());
  }
}

}  // namespace
}  // namespace ns::onnx
