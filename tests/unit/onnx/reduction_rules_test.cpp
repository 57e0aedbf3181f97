#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;
using Axes = std::vector<std::int64_t>;

TEST(ReduceRules, TakeAxesFromTheAttributeOrTheInput) {
  EXPECT_EQ(RuleRun{"ReduceMean"}.opset(11).in({2, 3, 4}).set("axes", Axes{-1}).shape(), "2x3x1");
  EXPECT_EQ(RuleRun{"ReduceMean"}.in({2, 3, 4}).in(vector_of({0, 2})).set("keepdims", 0).shape(), "3");
  EXPECT_EQ(RuleRun{"ReduceSum"}.in({2, symbol("n"), 4}).in(vector_of({0})).shape(), "1xnx4");
  EXPECT_THAT(RuleRun{"ReduceMax"}.in({2, 3}).in(vector_of({5})).shape(), HasSubstr("axis 5"));
}

TEST(ReduceRules, ReduceAllWithoutAxesUnlessToldNotTo) {
  EXPECT_EQ(RuleRun{"ReduceL2"}.in({2, 3}).shape(), "1x1");
  EXPECT_EQ(RuleRun{"ReduceL2"}.in({2, 3}).set("keepdims", 0).shape(), "scalar");
  EXPECT_EQ(RuleRun{"ReduceSum"}.in({2, 3}).in(vector_of({})).shape(), "1x1");
  EXPECT_EQ(RuleRun{"ReduceSum"}.in({2, 3}).in(vector_of({})).set("noop_with_empty_axes", 1).shape(), "2x3");
  EXPECT_EQ(RuleRun{"ReduceSum"}.in({2, 3}).set("noop_with_empty_axes", 1).shape(), "2x3");
}

TEST(ReduceRules, KeepTheRankWhereAxesAreUnknown) {
  EXPECT_EQ(RuleRun{"ReduceSum"}.in({2, 3}).in({1}, DType::int64).shape(), "?x?");
  EXPECT_EQ(RuleRun{"ReduceSum"}.in({2, 3}).in({1}, DType::int64).set("keepdims", 0).shape(), "?");
  EXPECT_EQ(RuleRun{"ReduceSum"}.in({2, 3}).in({Extent{}}, DType::int64).set("keepdims", 0).shape(), "rank?");
  EXPECT_EQ(RuleRun{"ReduceSum"}.in(unknown_rank()).in({1}, DType::int64).shape(), "rank?");
}

TEST(ReduceRules, KnowTheValuesOfShapes) {
  const auto shape = vector_of({symbol("n"), 3, 4});
  EXPECT_EQ(RuleRun{"ReduceProd"}.in(shape).set("keepdims", 0).value(), "12*n");
  EXPECT_EQ(RuleRun{"ReduceSum"}.in(vector_of({1, 2, 3})).value(), "6");
  EXPECT_EQ(RuleRun{"ReduceMax"}.in(vector_of({1, 7, 3})).value(), "7");
  EXPECT_EQ(RuleRun{"ReduceMin"}.in(reals_vector({2.5, 0.5})).value(), "0.500000");
  const auto matrix = integers(DType::int64, Dims{2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(RuleRun{"ReduceSum"}.in(matrix).in(vector_of({0})).value(), "4 6");
  EXPECT_EQ(RuleRun{"ReduceProd"}.in(matrix).in(vector_of({1})).set("keepdims", 0).value(), "2 12");
  EXPECT_EQ(RuleRun{"ReduceProd"}.in(vector_of({})).value(), "1");
}

TEST(ArgRules, GiveIndices) {
  const auto ran = RuleRun{"ArgMax"}.in({2, 3, 4}).set("axis", -2).set("keepdims", 0).run();
  EXPECT_EQ(ran.shape(), "2x4");
  EXPECT_EQ(ran.dtype(), DType::int64);
  EXPECT_EQ(RuleRun{"ArgMin"}.in({2, 3}).shape(), "1x3");
}

TEST(AccumulatingRules, KnowTheValuesOfVectors) {
  const auto data = vector_of({1, 2, symbol("n")});
  EXPECT_EQ(RuleRun{"CumSum"}.in(data).in(scalar_int(0)).value(), "1 3 n + 3");
  EXPECT_EQ(RuleRun{"CumSum"}.in(vector_of({1, 2, 3})).in(scalar_int(0)).set("exclusive", 1).value(),
            "0 1 3");
  EXPECT_EQ(RuleRun{"CumProd"}.in(vector_of({1, 2, 3})).in(scalar_int(0)).set("reverse", 1).value(), "6 6 3");
  EXPECT_EQ(RuleRun{"CumProd"}
                .in(vector_of({1, 2, 3}))
                .in(scalar_int(0))
                .set("reverse", 1)
                .set("exclusive", 1)
                .value(),
            "6 3 1");
  EXPECT_EQ(RuleRun{"CumSum"}.in({2, 3}).in(scalar_int(1)).shape(), "2x3");
}

TEST(SoftmaxRules, KeepTheShape) {
  EXPECT_EQ(RuleRun{"Softmax"}.in({2, symbol("n")}).set("axis", -1).shape(), "2xn");
  EXPECT_EQ(RuleRun{"LogSoftmax"}.opset(11).in({2, 3}).set("axis", 2).shape(), "2x3");
  EXPECT_THAT(RuleRun{"Softmax"}.in({2, 3}).set("axis", 2).shape(), HasSubstr("axis 2"));
}

TEST(LossRules, GiveOneNumberOrOnePerLabel) {
  EXPECT_EQ(RuleRun{"NegativeLogLikelihoodLoss"}.in({3, 5, 6, 6}).in({3, 6, 6}, DType::int64).shape(),
            "scalar");
  const auto ran = RuleRun{"SoftmaxCrossEntropyLoss"}
                       .in({3, 5, 6})
                       .in({3, 6}, DType::int64)
                       .set("reduction", "none")
                       .outputs(2)
                       .run();
  EXPECT_EQ(ran.shape(0), "3x6");
  EXPECT_EQ(ran.shape(1), "3x5x6");
  EXPECT_THAT(RuleRun{"NegativeLogLikelihoodLoss"}.in({3, 5}).in({3, 5}, DType::int64).shape(),
              HasSubstr("labels have all axes of the scores but the second"));
}

}  // namespace
}  // namespace ns::onnx
