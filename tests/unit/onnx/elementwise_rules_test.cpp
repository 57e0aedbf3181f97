#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

constexpr std::int64_t onnx_int64 = 7;
constexpr std::int64_t onnx_float = 1;
constexpr std::int64_t onnx_bool = 9;

TEST(BinaryRules, Broadcast) {
  EXPECT_EQ(RuleRun{"Add"}.in({2, 3, 4}).in({3, 1}).shape(), "2x3x4");
  EXPECT_EQ(RuleRun{"Mul"}.in({symbol("n"), 1, 4}).in({1, 5, 1}).shape(), "nx5x4");
  EXPECT_EQ(RuleRun{"Add"}.in({symbol("n"), 4}).in(unknown_rank()).shape(), "rank?");
  EXPECT_EQ(RuleRun{"Less"}.in({4}).scalar().run().dtype(), DType::boolean);
}

TEST(BinaryRules, NameBothShapesThatDoNotFit) {
  EXPECT_EQ(RuleRun{"Add"}.in({2, 3}).in({4, 3}).shape(),
            "node 'it' (Add): input 2 is 4x3, what stands before it is 2x3; each pair of extents, counted "
            "from the last, "
            "must be equal or hold a 1");
  EXPECT_THAT(RuleRun{"Sum"}.in({2, 3}).in({3}).in({5}).shape(), HasSubstr("input 3 is 5"));
}

TEST(BinaryRules, AlignTheSecondInputBeforeOpset7) {
  EXPECT_EQ(RuleRun{"Add"}.opset(6).in({2, 3, 4, 5}).in({3, 4}).set("broadcast", 1).set("axis", 1).shape(),
            "2x3x4x5");
  EXPECT_EQ(RuleRun{"Mul"}.opset(6).in({2, 3, 4, 5}).in({2}).set("broadcast", 1).set("axis", 0).shape(),
            "2x3x4x5");
  EXPECT_EQ(RuleRun{"Mul"}.opset(6).in({2, 3, 4, 5}).in({5}).set("broadcast", 1).shape(), "2x3x4x5");
  EXPECT_THAT(RuleRun{"Mul"}.opset(6).in({2, 3}).in({2, 3}).set("broadcast", 1).set("axis", 1).shape(),
              HasSubstr("does not fit into input 1, 2x3, from axis 1 on"));
}

TEST(BinaryRules, CarryABound) {
  auto data = tensor(DType::float32, Dims{Extent{}, 4});
  data.most = Dims{100, 4};
  const auto ran = RuleRun{"Add"}.in(data).in({4}).run();
  EXPECT_EQ(ran.shape(), "?x4");
  EXPECT_EQ(to_string(ran.outputs[0].most.value()), "100x4");
}

TEST(ValuesOfIntegers, AreComputed) {
  const auto a = vector_of({7, -7, 6});
  const auto b = vector_of({2, 2, 3});
  EXPECT_EQ(RuleRun{"Add"}.in(a).in(b).value(), "9 -5 9");
  EXPECT_EQ(RuleRun{"Sub"}.in(a).in(scalar_int(1)).value(), "6 -8 5");
  EXPECT_EQ(RuleRun{"Mul"}.in(a).in(b).value(), "14 -14 18");
  EXPECT_EQ(RuleRun{"Div"}.in(a).in(b).value(), "3 -3 2");  // towards zero
  EXPECT_EQ(RuleRun{"Mod"}.in(a).in(b).value(), "1 1 0");   // the divisor's sign
  EXPECT_EQ(RuleRun{"Mod"}.in(a).in(b).set("fmod", 1).value(), "1 -1 0");
  EXPECT_EQ(RuleRun{"Pow"}.in(a).in(b).value(), "49 49 216");
  EXPECT_EQ(RuleRun{"Max"}.in(a).in(b).in(scalar_int(4)).value(), "7 4 6");
  EXPECT_EQ(RuleRun{"Min"}.in(a).in(b).value(), "2 -7 3");
  EXPECT_EQ(RuleRun{"Neg"}.in(a).value(), "-7 7 -6");
  EXPECT_EQ(RuleRun{"Abs"}.in(a).value(), "7 7 6");
  EXPECT_EQ(RuleRun{"Sign"}.in(a).value(), "1 -1 1");
  EXPECT_EQ(RuleRun{"Relu"}.in(a).value(), "7 0 6");
  EXPECT_EQ(RuleRun{"Sum"}.in(a).in(b).in(b).value(), "11 -3 12");
  EXPECT_EQ(RuleRun{"Clip"}.in(a).in(scalar_int(0)).none().value(), "7 0 6");
  EXPECT_EQ(RuleRun{"Clip"}.in(a).none().in(scalar_int(6)).value(), "6 -7 6");
  EXPECT_EQ(RuleRun{"BitShift"}.in(b).in(scalar_int(3)).set("direction", "LEFT").value(), "16 16 24");
  EXPECT_EQ(RuleRun{"BitwiseAnd"}.in(scalar_int(6)).in(scalar_int(3)).value(), "2");
}

TEST(ValuesOfIntegers, KeepSymbols) {
  const auto batch = symbol("batch");
  EXPECT_EQ(RuleRun{"Mul"}.in(vector_of({batch, 3})).in(scalar_int(2)).value(), "2*batch 6");
  EXPECT_EQ(RuleRun{"Div"}.in(vector_of({batch * Extent{4}})).in(scalar_int(2)).value(), "2*batch");
  EXPECT_EQ(RuleRun{"Mod"}.in(vector_of({batch * Extent{4}})).in(scalar_int(2)).value(), "0");
  EXPECT_EQ(RuleRun{"Add"}.in(vector_of({batch, Extent{}, 1})).in(scalar_int(1)).value(), "batch + 1 ? 2");
  EXPECT_EQ(RuleRun{"Add"}.in(vector_of({Extent{}})).in(scalar_int(1)).value(), "none");
}

TEST(ValuesOfIntegers, ThatTheTypeCannotHoldAreUnknown) {
  const auto bytes = integers(DType::uint8, Dims{2}, {200, 3});
  EXPECT_EQ(RuleRun{"Add"}.in(bytes).in(bytes).value(), "? 6");
  EXPECT_EQ(RuleRun{"Div"}.in(scalar_int(1)).in(scalar_int(0)).value(), "none");
  EXPECT_EQ(RuleRun{"Mod"}.in(scalar_int(1)).in(scalar_int(0)).value(), "none");
}

TEST(ValuesOfReals, AreRoundedToTheirType) {
  // 100 x float32(0.07) is a little more than 7 in double and 7 in float32.
  const auto scale = reals(DType::float32, Dims{}, {0.07000000029802322});
  const auto product = RuleRun{"Mul"}.in(reals_vector({100.0})).in(scale).run();
  EXPECT_EQ(RuleRun{"Ceil"}.in(product.outputs[0]).value(), "7.000000");
  EXPECT_EQ(RuleRun{"Round"}.in(reals_vector({0.5, 1.5, -2.5})).value(), "0.000000 2.000000 -2.000000");
  EXPECT_EQ(RuleRun{"Ceil"}.in(reals_vector({0.5, -0.5})).value(), "1.000000 -0.000000");
  EXPECT_EQ(RuleRun{"Sqrt"}.in(reals_vector({49.0})).value(), "7.000000");
  EXPECT_EQ(RuleRun{"Div"}.in(reals_vector({7.0})).in(reals_vector({2.0})).value(), "3.500000");
  EXPECT_EQ(RuleRun{"Clip"}.in(reals_vector({7.0, -1.0})).opset(6).set("min", 0.0).set("max", 6.0).value(),
            "6.000000 0.000000");
  EXPECT_EQ(RuleRun{"Mod"}.in(reals_vector({-5.5})).in(reals_vector({2.0})).set("fmod", 1).value(),
            "-1.500000");
}

TEST(Comparisons, HoldOnlyWhereTheyMust) {
  const auto sizes = vector_of({symbol("n"), 3, Extent{}});
  EXPECT_EQ(RuleRun{"Equal"}.in(sizes).in(scalar_int(-1)).value(), "0 0 ?");  // a size is never -1
  EXPECT_EQ(RuleRun{"Equal"}.in(sizes).in(vector_of({symbol("n"), 4, 3})).value(), "1 0 ?");
  EXPECT_EQ(RuleRun{"Less"}.in(sizes).in(scalar_int(0)).value(), "0 0 ?");
  EXPECT_EQ(RuleRun{"GreaterOrEqual"}.in(sizes).in(scalar_int(0)).value(), "1 1 ?");
  EXPECT_EQ(RuleRun{"Greater"}.in(vector_of({1, 2, 3})).in(scalar_int(2)).value(), "0 0 1");
  EXPECT_EQ(RuleRun{"LessOrEqual"}.in(reals_vector({1, 2, 3})).in(reals_vector({2})).value(), "1 1 0");
}

TEST(Logic, KnowsWhatOneSideDecides) {
  const auto a = integers(DType::boolean, Dims{4}, {0, 1, Extent{}, Extent{}});
  const auto b = integers(DType::boolean, Dims{4}, {1, 1, 0, 1});
  EXPECT_EQ(RuleRun{"And"}.in(a).in(b).value(), "0 1 0 ?");
  EXPECT_EQ(RuleRun{"Or"}.in(a).in(b).value(), "1 1 ? 1");
  EXPECT_EQ(RuleRun{"Xor"}.in(a).in(b).value(), "1 0 ? ?");
  EXPECT_EQ(RuleRun{"Not"}.in(a).value(), "1 0 ? ?");
}

TEST(WhereRule, ChoosesElementByElement) {
  const auto test = integers(DType::boolean, Dims{4}, {1, 0, Extent{}, Extent{}});
  const auto ran =
      RuleRun{"Where"}.in(test).in(vector_of({symbol("n"), 2, 3, 4})).in(vector_of({5, 6, 3, 8})).run();
  EXPECT_EQ(ran.value(), "n 6 3 ?");
  EXPECT_EQ(ran.dtype(), DType::int64);
  EXPECT_EQ(RuleRun{"Where"}.in({2, 1}, DType::boolean).in({3}).in({1, 1, 3}).shape(), "1x2x3");
  const auto known = integers(DType::boolean, Dims{2}, {1, 0});
  EXPECT_EQ(RuleRun{"Where"}.in(known).in(reals_vector({0.5, 1})).in(reals_vector({2, 2.5})).value(),
            "0.500000 2.500000");
  EXPECT_EQ(RuleRun{"Where"}.in(known).in(vector_of({1, 2})).in({2}, DType::int64).value(), "1 ?");
}

TEST(CastRule, ConvertsAsTheStandardSays) {
  EXPECT_EQ(RuleRun{"Cast"}.in(reals_vector({2.9, -2.9})).set("to", onnx_int64).value(), "2 -2");
  EXPECT_EQ(RuleRun{"Cast"}.in(vector_of({2, 0})).set("to", onnx_bool).value(), "1 0");
  EXPECT_EQ(RuleRun{"Cast"}.in(vector_of({2, 0})).set("to", onnx_float).value(), "2.000000 0.000000");
  EXPECT_EQ(RuleRun{"Cast"}.opset(1).in({2}).set("to", "INT64").run().dtype(), DType::int64);
  EXPECT_EQ(RuleRun{"Cast"}.opset(1).in({2}).set("to", "FLOAT").run().dtype(), DType::float32);
  EXPECT_EQ(RuleRun{"CastLike"}.in({2}).in({3}, DType::float16).run().dtype(), DType::float16);
  EXPECT_EQ(RuleRun{"Cast"}.in({2}).set("to", std::int64_t{25}).run().dtype(), DType::uint2);
  EXPECT_THAT(RuleRun{"Cast"}.in({2}).shape(), HasSubstr("`to` is missing"));
}

TEST(CastRule, KeepsSymbolsThroughRealNumbers) {
  // floor(float(h) * 2) as exporters write it.
  const auto real = RuleRun{"Cast"}.in(vector_of({symbol("h"), 4})).set("to", onnx_float).run().outputs[0];
  const auto doubled = RuleRun{"Mul"}.in(real).in(reals(DType::float32, Dims{}, {2.0})).run().outputs[0];
  const auto floored = RuleRun{"Floor"}.in(doubled).run().outputs[0];
  EXPECT_EQ(RuleRun{"Cast"}.in(floored).set("to", onnx_int64).value(), "2*h 8");
  // 4 / 3 is no whole number: unknown, and not 1.
  const auto third = RuleRun{"Div"}.in(real).in(reals(DType::float32, Dims{}, {3.0})).run().outputs[0];
  EXPECT_EQ(RuleRun{"Cast"}.in(third).set("to", onnx_int64).value(), "none");
}

TEST(BitCastRule, NeedsOneWidth) {
  EXPECT_EQ(RuleRun{"BitCast"}.in({2, 3}).set("to", std::int64_t{6}).run().dtype(), DType::int32);
  EXPECT_THAT(RuleRun{"BitCast"}.in({2, 3}).set("to", onnx_int64).shape(),
              HasSubstr("both must have one width"));
}

TEST(UnaryRules, KeepShapeAndType) {
  for (const auto* op :
       {"Relu", "Sigmoid", "Gelu", "Mish", "HardSwish", "Swish", "Celu", "ThresholdedRelu", "Shrink", "Erf",
        "Softsign", "Selu", "Elu", "LeakyRelu", "BitwiseNot", "Tanh", "Acosh"}) {
    const auto ran = RuleRun{op}.in({symbol("n"), 3}, DType::float16).run();
    EXPECT_EQ(ran.shape(), "nx3") << op;
    EXPECT_EQ(ran.dtype(), DType::float16) << op;
  }
  EXPECT_EQ(RuleRun{"PRelu"}.in({1, 3, 4}).in({3, 1}).shape(), "1x3x4");
  EXPECT_EQ(RuleRun{"IsNaN"}.in({2}).run().dtype(), DType::boolean);
}

TEST(ContribRules, GateHalves) {
  EXPECT_EQ(RuleRun("SwiGLU", "com.microsoft").in({1, 4, 8}).shape(), "1x4x4");
  EXPECT_EQ(RuleRun("SwiGLU", "com.microsoft").in({1, 4, 8}).in({1, 4, 8}).shape(), "1x4x8");
  EXPECT_EQ(RuleRun("BiasSplitGelu", "com.microsoft").in({1, 4, 8}).in({8}).shape(), "1x4x4");
  EXPECT_EQ(RuleRun("BiasGelu", "com.microsoft").in({1, 4, 8}).in({8}).shape(), "1x4x8");
}

}  // namespace
}  // namespace ns::onnx
