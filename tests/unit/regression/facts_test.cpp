#include "regression/facts.hpp"

#include "synthetic.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace ns {
namespace {

double value_of(const std::vector<Feature>& features, std::string_view name) {
  const auto found = std::ranges::find(features, name, &Feature::name);
  return found == features.end() ? -1.0 : found->value;
}

TEST(TreeScale, IsALogarithmInStepsThatSinglePrecisionHolds) {
  EXPECT_EQ(tree_scale(0.0), 0.0);
  EXPECT_EQ(tree_scale(1.0), 1.0);
  EXPECT_EQ(tree_scale(1023.0), 10.0);
  EXPECT_EQ(tree_scale(-5.0), 0.0);
  for (const double value : {3.0, 77.0, 1e6, 3e12}) {
    const auto scaled = tree_scale(value);
    EXPECT_EQ(scaled * 1024.0, static_cast<double>(static_cast<long>(scaled * 1024.0)));
    EXPECT_EQ(static_cast<double>(static_cast<float>(scaled)), scaled);
  }
}

TEST(LayerFacts, OfAlexNetsSecondConvolution) {
  const auto facts = facts_of_text("conv:filters=256,kernel=5,pad=2,groups=2+act:relu@1x96x27x27");
  EXPECT_EQ(facts.type, "conv");
  EXPECT_EQ(facts.epilogue, "act:relu");
  EXPECT_EQ(facts.segment, "blocked");  // 48 channels and 128 filters in each group
  // 256 x 48 x 25 x 729 multiply-accumulates, and one operation per element for the relu.
  EXPECT_EQ(facts.flops.value(), 2.0 * 223948800.0 + 256.0 * 729.0);
  EXPECT_EQ(facts.input.value(), 4.0 * 69984.0);
  EXPECT_EQ(facts.weights.value(), 4.0 * (307200.0 + 256.0));
  EXPECT_EQ(facts.paper[0].value, 69984.0);  // the paper's x1, section 5.1
  EXPECT_EQ(facts.paper[1].value, 6400.0);   // (5 / 1)^2 x 256
  EXPECT_EQ(value_of(facts.features, "fused_act"), 1.0);
  EXPECT_EQ(value_of(facts.features, "fused_add"), 0.0);
  EXPECT_EQ(value_of(facts.features, "groups"), tree_scale(2.0));
}

TEST(LayerFacts, CountTheSecondOperandOfAResidualAdditionAsInput) {
  const auto facts = facts_of_text("conv:filters=64,kernel=1+eltwise:add+act:relu@1x32x8x8,1x64x8x8");
  EXPECT_EQ(facts.epilogue, "add+act:relu");
  EXPECT_EQ(facts.input.value(), 4.0 * (32 * 64 + 64 * 64));
  EXPECT_EQ(value_of(facts.features, "channels"), tree_scale(32.0));
}

TEST(LayerFacts, CountTheStretchesThatAKernelHandlesByThemselves) {
  EXPECT_EQ(facts_of_text("conv:filters=64,kernel=3@1x32x8x8").runs, 0.0);
  EXPECT_EQ(facts_of_text("pad:constant,pads=0x0x1x1x0x0x1x1@1x3x7x7").runs, 27.0);  // output rows of 9
  EXPECT_EQ(facts_of_text("eltwise:add@1x12x8x8,1x12x8x8").runs, 1.0);               // all in one
  EXPECT_EQ(facts_of_text("eltwise:mul@1x12x8x8,1x12x1x1").runs, 12.0);              // a factor each
  EXPECT_EQ(facts_of_text("eltwise:add,with=768@1x5x768").runs, 5.0);                // a bias per token
  EXPECT_EQ(facts_of_text("reduce:mean,axes=2x3@1x8x4x4").runs, 8.0);                // planes of 16
  EXPECT_EQ(facts_of_text("reduce:mean,axes=1@1x8x4x4").runs, 8.0);                  // planes added up
  EXPECT_EQ(facts_of_text("gather:table=100x64@1x7:int64").runs, 7.0);               // rows of the table
  EXPECT_EQ(facts_of_text("rnn:gru,hidden=16@10x2x8").runs,
            10.0 * 2 * 3 * 16 * 16);  // products with the state
}

TEST(LayerFacts, KindsOfOneCostAreOneCategory) {
  EXPECT_EQ(facts_of_text("eltwise:add@1x5x8,1x5x8").category,
            facts_of_text("eltwise:max@1x5x8,1x5x8").category);
  EXPECT_NE(facts_of_text("eltwise:add@1x5x8,1x5x8").segment,
            facts_of_text("eltwise:div@1x5x8,1x5x8").segment);
}

TEST(LayerFacts, RefuseAnAdditionWithoutItsOperand) {
  auto config = parse_layer("conv:filters=64,kernel=1+eltwise:add@1x32x8x8,1x64x8x8");
  ASSERT_TRUE(config);
  config->inputs.resize(1);
  EXPECT_FALSE(facts_of(*config));
}

TEST(Pick, FindsFeaturesInAnyOrderAndTakesMissingOnesForZero) {
  const std::vector<Feature> features{{"a", 1.0}, {"b", 2.0}};
  const std::vector<std::string> names{"b", "missing", "a"};
  std::vector<double> values(3, -1.0);
  pick(features, names, values);
  EXPECT_EQ(values, (std::vector<double>{2.0, 0.0, 1.0}));
}

}  // namespace
}  // namespace ns
