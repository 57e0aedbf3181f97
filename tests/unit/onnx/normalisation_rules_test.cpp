#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

constexpr auto contrib = "com.microsoft";

TEST(BatchNormRule, GivesStatisticsInTraining) {
  const auto ran = RuleRun{"BatchNormalization"}
                       .in({2, 3, 4, 5}, DType::float16)
                       .in({3})
                       .in({3})
                       .in({3})
                       .in({3})
                       .set("training_mode", 1)
                       .outputs(3)
                       .run();
  EXPECT_EQ(ran.shape(0), "2x3x4x5");
  EXPECT_EQ(ran.dtype(0), DType::float16);
  EXPECT_EQ(ran.shape(2), "3");
  EXPECT_EQ(ran.dtype(2), DType::float32);
}

TEST(BatchNormRule, NeedsOneValuePerChannel) {
  auto run = RuleRun{"BatchNormalization"}.in({2, 3, 4, 5}).in({4}).in({4}).in({4}).in({4});
  EXPECT_THAT(run.shape(), HasSubstr("input 2 has 4 values, input 1 is 2x3x4x5 and has 3 channels"));
}

TEST(LayerNormRules, GiveStatisticsOverTheLastAxes) {
  const auto ran =
      RuleRun{"LayerNormalization"}.in({2, 3, 4}, DType::float16).in({3, 4}).set("axis", 1).outputs(3).run();
  EXPECT_EQ(ran.shape(0), "2x3x4");
  EXPECT_EQ(ran.shape(1), "2x1x1");
  EXPECT_EQ(ran.dtype(1), DType::float32);
  EXPECT_EQ(ran.shape(2), "2x1x1");
  EXPECT_EQ(RuleRun{"RMSNormalization"}.in({2, symbol("s"), 4}).in({4}).shape(), "2xsx4");
  EXPECT_EQ(RuleRun{"SimplifiedLayerNormalization"}.in({2, 8, 4}).in({4}).outputs(2).run().shape(1), "2x8x1");
}

TEST(LayerNormRules, AddASkipConnection) {
  const auto ran =
      RuleRun("SkipLayerNormalization", contrib).in({1, 8, 4}).in({1, 8, 4}).in({4}).outputs(4).run();
  EXPECT_EQ(ran.shape(0), "1x8x4");
  EXPECT_EQ(ran.shape(1), "1x8x1");
  EXPECT_EQ(ran.shape(3), "1x8x4");
}

TEST(EmbedLayerNormRule, LooksWordsUp) {
  const auto ran = RuleRun("EmbedLayerNormalization", contrib)
                       .in({symbol("b"), 128}, DType::int32)
                       .in({symbol("b"), 128}, DType::int32)
                       .in({30522, 768})
                       .outputs(2)
                       .run();
  EXPECT_EQ(ran.shape(0), "bx128x768");
  EXPECT_EQ(ran.shape(1), "b");
  EXPECT_EQ(ran.dtype(1), DType::int32);
}

TEST(GroupNormRule, NeedsGroupsThatDivide) {
  EXPECT_EQ(RuleRun{"GroupNormalization"}.in({1, 6, 4, 4}).in({6}).in({6}).set("num_groups", 3).shape(),
            "1x6x4x4");
  EXPECT_EQ(
      RuleRun{"GroupNormalization"}.opset(18).in({1, 6, 4, 4}).in({3}).in({3}).set("num_groups", 3).shape(),
      "1x6x4x4");
  EXPECT_THAT(RuleRun{"GroupNormalization"}.in({1, 6, 4, 4}).in({6}).in({6}).set("num_groups", 4).shape(),
              HasSubstr("4 groups do not divide the 6 channels"));
}

TEST(DropoutRule, GivesAMask) {
  EXPECT_EQ(RuleRun{"Dropout"}.in({2, 3}).outputs(2).run().dtype(1), DType::boolean);
  EXPECT_EQ(RuleRun{"Dropout"}.opset(7).in({2, 3}).outputs(2).run().dtype(1), DType::float32);
  EXPECT_EQ(RuleRun{"Dropout"}.in({2, 3}).outputs(2).run().shape(1), "2x3");
}

TEST(NormRules, KeepTheShape) {
  for (const auto* op : {"LRN", "LpNormalization", "MeanVarianceNormalization", "InstanceNormalization"})
    EXPECT_EQ(RuleRun{op}.in({symbol("n"), 3, 4, 4}).shape(), "nx3x4x4") << op;
}

}  // namespace
}  // namespace ns::onnx
