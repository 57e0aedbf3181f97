// Shapes of lookups, added axes, ranges and the first output of Unique are those that ONNX Runtime 1.32
// makes.
#include "rule_run.hpp"

#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

RuleRun ms(std::string op) { return RuleRun{std::move(op), "com.microsoft"}; }

TEST(ContribRules, LookUpRowsOfPackedTables) {
  const auto four_bits = ms("GatherBlockQuantized")
                             .in({4, 16}, DType::uint8)
                             .in({2}, DType::int64)
                             .in({4, 2})
                             .set("bits", 4)
                             .run();
  EXPECT_EQ(four_bits.shape(), "2x32");
  EXPECT_EQ(four_bits.dtype(), DType::float32);
  EXPECT_EQ(ms("GatherBlockQuantized")
                .in({4, 32}, DType::uint8)
                .in({2}, DType::int64)
                .in({4, 2})
                .set("bits", 8)
                .shape(),
            "2x32");
  EXPECT_EQ(ms("TorchEmbedding").in({9, 5}).in({2, 3}, DType::int64).shape(), "2x3x5");
}

TEST(ContribRules, AddAxes) {
  EXPECT_EQ(ms("ExpandDims").in({2, 3}).in(scalar_int(1)).shape(), "2x1x3");
  EXPECT_EQ(ms("ExpandDims").in({2, 3}).in(scalar_int(-1)).shape(), "2x3x1");
  EXPECT_EQ(ms("ExpandDims").in({2, 3}).scalar(DType::int32).shape(), "?x?x?");
  EXPECT_EQ(ms("UnfoldTensor").in({2, 9}).set("size", 3).set("step", 2).set("dim", 1).shape(), "2x4x3");
}

TEST(ContribRules, CountUpByOneWhereNoStepIsGiven) {
  EXPECT_EQ(ms("Range").in(scalar_int(1)).in(scalar_int(5)).value(), "1 2 3 4");
}

TEST(ContribRules, BoundWhatDependsOnData) {
  const auto once = ms("Unique").in({6}).outputs(3).run();
  EXPECT_EQ(once.shape(0), "?");
  EXPECT_EQ(to_string(*once.outputs[0].most), "6");
  EXPECT_EQ(once.shape(1), "6");
  const auto tokens = ms("RemovePadding").in({2, 7, 16}).in({2}, DType::int32).outputs(4).run();
  EXPECT_EQ(tokens.shape(0), "?x16");
  EXPECT_EQ(to_string(*tokens.outputs[0].most), "14x16");
  EXPECT_EQ(tokens.shape(1), "2x7");
  EXPECT_EQ(tokens.shape(2), "3");
  EXPECT_EQ(ms("RestorePadding").in(tokens.outputs[0]).in({2, 7}, DType::int32).shape(), "2x7x16");
}

TEST(ContribRules, CountTheExpertsThatSeeAToken) {
  // Two of four experts, 16 x 8 and 8 x 16 weights of 4 bits, for 5 tokens.
  const auto ran = ms("QMoE")
                       .in({5, 8})
                       .in({5, 4})
                       .in({4, 16, 4}, DType::uint8)
                       .none()
                       .none()
                       .in({4, 8, 8}, DType::uint8)
                       .set("k", 2)
                       .run();
  EXPECT_EQ(ran.shape(), "5x8");
  EXPECT_EQ(ran.macs, 5.0 * 2.0 * (16.0 * 8.0 + 8.0 * 16.0));
}

}  // namespace
}  // namespace ns::onnx
