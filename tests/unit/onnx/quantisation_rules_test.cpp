#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

constexpr auto contrib = "com.microsoft";

TEST(QuantizeRule, TakesTheTypeOfTheZeroPoint) {
  EXPECT_EQ(RuleRun{"QuantizeLinear"}.in({2, 3}).scalar().run().dtype(), DType::uint8);
  EXPECT_EQ(RuleRun{"QuantizeLinear"}.in({2, 3}).scalar().scalar(DType::int16).run().dtype(), DType::int16);
  EXPECT_EQ(RuleRun{"QuantizeLinear"}.in({2, 3}).scalar().set("output_dtype", 21).run().dtype(),
            DType::uint4);
  EXPECT_EQ(RuleRun{"QuantizeLinear"}.in({symbol("n"), 3}).scalar().shape(), "nx3");
}

TEST(DequantizeRule, TakesTheTypeOfTheScale) {
  EXPECT_EQ(RuleRun{"DequantizeLinear"}.in({2}, DType::int8).scalar(DType::float16).run().dtype(),
            DType::float16);
  EXPECT_EQ(RuleRun{"DequantizeLinear"}.in({2}, DType::int8).scalar().set("output_dtype", 16).run().dtype(),
            DType::bfloat16);
}

TEST(QuantizeRule, NeedsAScalePerElementOrBlock) {
  EXPECT_EQ(RuleRun{"QuantizeLinear"}.in({2, 3}).in({3}).set("axis", -1).shape(), "2x3");
  EXPECT_THAT(
      RuleRun{"QuantizeLinear"}.in({2, 3}).in({2}).shape(),
      HasSubstr("the scale is 2, the input is 2x3; along axis 1 the scale needs one value per element"));
  EXPECT_EQ(RuleRun{"DequantizeLinear"}.in({2, 6}, DType::int8).in({2, 2}).set("block_size", 3).shape(),
            "2x6");
  EXPECT_THAT(RuleRun{"DequantizeLinear"}.in({2, 8}, DType::int8).in({2, 2}).set("block_size", 3).shape(),
              HasSubstr("one value per block of 3"));
}

TEST(DynamicQuantizeRule, GivesScaleAndZeroPoint) {
  const auto ran = RuleRun{"DynamicQuantizeLinear"}.in({2, 3}).outputs(3).run();
  EXPECT_EQ(ran.dtype(0), DType::uint8);
  EXPECT_EQ(ran.shape(1), "scalar");
  EXPECT_EQ(ran.dtype(2), DType::uint8);
}

TEST(QuantisedArithmetic, SkipsScales) {
  auto sum = RuleRun("QLinearAdd", contrib).in({1, 3, 4}, DType::uint8).scalar().scalar(DType::uint8);
  sum.in({3, 1}, DType::uint8).scalar().scalar(DType::uint8).scalar();
  EXPECT_EQ(sum.shape(), "1x3x4");
  EXPECT_EQ(sum.run().dtype(), DType::uint8);
  auto choice = RuleRun("QLinearWhere", contrib).in({3, 1}, DType::boolean).in({1, 4}, DType::int8).scalar();
  choice.scalar(DType::int8).in({4}, DType::int8).scalar().scalar(DType::int8);
  EXPECT_EQ(choice.shape(), "3x4");
  EXPECT_EQ(choice.run().dtype(), DType::int8);
}

TEST(QuantisedConcat, AddsUpTheAxis) {
  auto run = RuleRun("QLinearConcat", contrib).scalar().scalar(DType::uint8);
  run.in({1, 3, 4}, DType::uint8).scalar().scalar(DType::uint8);
  run.in({1, 5, 4}, DType::uint8).scalar().scalar(DType::uint8).set("axis", 1);
  EXPECT_EQ(run.shape(), "1x8x4");
  EXPECT_THAT(run.in({1, 5, 6}, DType::uint8).shape(), HasSubstr("they may differ only on axis 1"));
}

}  // namespace
}  // namespace ns::onnx
