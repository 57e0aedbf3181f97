#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

constexpr auto contrib = "com.microsoft";

TEST(MatMulRule, MultipliesMatricesVectorsAndBatches) {
  EXPECT_EQ(RuleRun{"MatMul"}.in({2, 3}).in({3, 4}).shape(), "2x4");
  EXPECT_EQ(RuleRun{"MatMul"}.in({3}).in({3, 4}).shape(), "4");
  EXPECT_EQ(RuleRun{"MatMul"}.in({2, 3}).in({3}).shape(), "2");
  EXPECT_EQ(RuleRun{"MatMul"}.in({3}).in({3}).shape(), "scalar");
  EXPECT_EQ(RuleRun{"MatMul"}.in({5, 1, 2, 3}).in({7, 3, 4}).shape(), "5x7x2x4");
  EXPECT_EQ(RuleRun{"MatMul"}.in({3}).in({6, 3, 4}).shape(), "6x4");
}

TEST(MatMulRule, CountsOutputsTimesTheSum) {
  const auto ran = RuleRun{"MatMul"}.in({1, 12, 512, 64}).in({1, 12, 64, 512}).run();
  EXPECT_EQ(ran.macs, 12.0 * 512 * 512 * 64);
  EXPECT_EQ(RuleRun{"MatMul"}.in({1, 20000}).in({20000, 30000}).run().macs, 6e8);
  EXPECT_EQ(RuleRun{"MatMul"}.in({3}).in({3}).run().macs, 3.0);
  EXPECT_EQ(RuleRun{"MatMul"}.in({2, Extent{}}).in({3, 4}).run().macs, 24.0);
  EXPECT_FALSE(RuleRun{"MatMul"}.in({symbol("n"), 3}).in({3, 4}).run().macs);
}

TEST(MatMulRule, NamesBothShapesThatDoNotFit) {
  EXPECT_EQ(RuleRun{"MatMul"}.in({2, 3}).in({4, 5}).shape(),
            "node 'it' (MatMul): the first factor is 2x3, the second is 4x5; the 3 columns of the first must "
            "be the 4 rows "
            "of the second");
  EXPECT_THAT(RuleRun{"MatMul"}.in({2, 2, 3}).in({5, 3, 4}).shape(), HasSubstr("do not broadcast"));
  EXPECT_EQ(RuleRun{"MatMul"}.in(unknown_rank()).in({3, 4}).shape(), "rank?");
}

TEST(GemmRule, TransposesItsFactors) {
  const auto ran = RuleRun{"Gemm"}.in({1, 1000}).in({500, 1000}).in({500}).set("transB", 1).run();
  EXPECT_EQ(ran.shape(), "1x500");
  EXPECT_EQ(ran.macs, 500000.0);
  EXPECT_EQ(RuleRun{"Gemm"}.in({3, 2}).in({3, 4}).set("transA", 1).shape(), "2x4");
  EXPECT_EQ(RuleRun{"Gemm"}.in(unknown_rank()).in({3, 4}).shape(), "?x4");
  EXPECT_THAT(RuleRun{"Gemm"}.in({1, 2, 3}).in({3, 4}).shape(),
              HasSubstr("a factor is 1x2x3; both must be matrices"));
  EXPECT_THAT(RuleRun{"Gemm"}.in({2, 3}).in({3, 4}).in({3}).shape(), HasSubstr("C is 3"));
}

TEST(QuantisedProductRules, TakeTypesFromScalesAndZeroPoints) {
  EXPECT_EQ(RuleRun{"MatMulInteger"}.in({2, 3}, DType::uint8).in({3, 4}, DType::int8).run().dtype(),
            DType::int32);
  auto linear = RuleRun{"QLinearMatMul"}.in({2, 3}, DType::uint8).scalar().scalar(DType::uint8);
  linear.in({3, 4}, DType::int8).scalar().scalar(DType::int8).scalar().scalar(DType::int8);
  EXPECT_EQ(linear.run().dtype(), DType::int8);
  EXPECT_EQ(linear.run().macs, 24.0);
  auto gemm = RuleRun("QGemm", contrib).in({2, 3}, DType::uint8).scalar().scalar(DType::uint8);
  gemm.in({4, 3}, DType::int8).scalar().scalar(DType::int8).in({4}, DType::int32).set("transB", 1);
  EXPECT_EQ(gemm.run().dtype(), DType::float32);
  EXPECT_EQ(gemm.run().macs, 24.0);
  gemm.scalar().scalar(DType::uint8);
  EXPECT_EQ(gemm.run().dtype(), DType::uint8);
  EXPECT_EQ(RuleRun("MatMulIntegerToFloat", contrib)
                .in({2, 3}, DType::uint8)
                .in({3, 4}, DType::uint8)
                .scalar(DType::float16)
                .run()
                .dtype(),
            DType::float16);
}

TEST(FusedMatMulRule, TurnsMatricesAndBatches) {
  const auto ran =
      RuleRun("FusedMatMul", contrib).in({1, 12, 64, 512}).in({1, 12, 64, 512}).set("transA", 1).run();
  EXPECT_EQ(ran.shape(), "1x12x512x512");
  EXPECT_EQ(ran.macs, 12.0 * 512 * 512 * 64);
  EXPECT_EQ(RuleRun("FusedMatMul", contrib).in({3, 2, 5}).in({2, 5, 4}).set("transBatchA", 1).shape(),
            "2x3x4");
}

TEST(PackedProductRule, KnowsItsWeightsByAttributes) {
  const auto ran = RuleRun("MatMulNBits", contrib)
                       .in({1, symbol("s"), 64})
                       .in({32, 2, 16}, DType::uint8)
                       .in({64})
                       .set("K", 64)
                       .set("N", 32)
                       .run();
  EXPECT_EQ(ran.shape(), "1xsx32");
  EXPECT_EQ(RuleRun("MatMulNBits", contrib).in({1, 7, 64}).in({1}).set("K", 64).set("N", 32).run().macs,
            7.0 * 64 * 32);
}

TEST(EinsumRule, FollowsItsEquation) {
  const auto run = [](const char* equation, std::vector<Dims> operands) {
    RuleRun einsum{"Einsum"};
    for (auto& each : operands) einsum.in(std::move(each));
    return einsum.set("equation", equation).run();
  };
  const auto scores = run("bhid,bhjd->bhij", {{1, 12, 512, 64}, {1, 12, 512, 64}});
  EXPECT_EQ(scores.shape(), "1x12x512x512");
  EXPECT_EQ(scores.macs, 12.0 * 512 * 512 * 64);
  EXPECT_EQ(run("ij,jk", {{2, 3}, {3, 4}}).shape(), "2x4");
  EXPECT_EQ(run("b a", {{2, 3}}).shape(), "3x2");  // implied: alphabetical
  EXPECT_EQ(run("...ii->...i", {{5, 3, 3}}).shape(), "5x3");
  EXPECT_EQ(run("ij->", {{2, 3}}).shape(), "scalar");
  EXPECT_EQ(run("...ij,...jk->...ik", {{7, 1, 2, 3}, {5, 3, 4}}).shape(), "7x5x2x4");
  EXPECT_EQ(run("...ij,...jk->...ik", {{7, 1, 2, 3}, {5, 3, 4}}).macs, 7.0 * 5 * 2 * 3 * 4);
  EXPECT_EQ(run("bij->bji", {{symbol("b"), 2, 3}}).shape(), "bx3x2");
  EXPECT_EQ(run("bij->bji", {{1, 2, 3}}).macs, 0.0);
  EXPECT_EQ(run("ij,jk,kl->il", {{2, 3}, {3, 4}, {4, 5}}).macs, 2.0 * 3 * 4 + 2 * 4 * 5);
}

TEST(EinsumRule, RejectsWhatDoesNotFit) {
  EXPECT_THAT(RuleRun{"Einsum"}.in({2, 3}).in({4, 5}).set("equation", "ij,jk->ik").shape(),
              HasSubstr("input 2 is 4x5, which does not fit its term in the equation 'ij,jk->ik'"));
  EXPECT_THAT(RuleRun{"Einsum"}.in({2, 3}).set("equation", "ijk->i").shape(), HasSubstr("does not fit"));
  EXPECT_THAT(RuleRun{"Einsum"}.in({2, 3}).set("equation", "i,j->i").shape(), HasSubstr("2 operands"));
  EXPECT_THAT(RuleRun{"Einsum"}.in({2, 3}).set("equation", "i1->i").shape(), HasSubstr("is not understood"));
  EXPECT_THAT(RuleRun{"Einsum"}.in({2, 3}).set("equation", "......").shape(), HasSubstr("is not understood"));
}

TEST(AttentionRule, SplitsHeadsOf3DInputs) {
  const auto ran = RuleRun{"Attention"}
                       .in({2, 4, 24})
                       .in({2, 6, 12})
                       .in({2, 6, 30})
                       .set("q_num_heads", 6)
                       .set("kv_num_heads", 3)
                       .outputs(4)
                       .run();
  EXPECT_EQ(ran.shape(0), "2x4x60");
  EXPECT_EQ(ran.shape(1), "2x3x6x4");
  EXPECT_EQ(ran.shape(2), "2x3x6x10");
  EXPECT_EQ(ran.shape(3), "2x6x4x6");
  EXPECT_EQ(ran.macs, 2.0 * 6 * 4 * 6 * (4 + 10));
}

TEST(AttentionRule, PutsThePastBeforeTheKeys) {
  const auto ran = RuleRun{"Attention"}
                       .in({2, 3, 4, 8})
                       .in({2, 3, 6, 8})
                       .in({2, 3, 6, 10})
                       .none()
                       .in({2, 3, 12, 8})
                       .in({2, 3, 12, 10})
                       .outputs(4)
                       .run();
  EXPECT_EQ(ran.shape(0), "2x3x4x10");
  EXPECT_EQ(ran.shape(1), "2x3x18x8");
  EXPECT_EQ(ran.shape(3), "2x3x4x18");
  EXPECT_EQ(ran.macs, 2.0 * 3 * 4 * 18 * 18);
}

TEST(AttentionRule, RejectsHeadsThatDoNotDivide) {
  auto run = RuleRun{"Attention"}.in({2, 4, 25}).in({2, 6, 24}).in({2, 6, 24});
  EXPECT_THAT(run.set("q_num_heads", 3).set("kv_num_heads", 3).shape(), HasSubstr("3 heads do not divide"));
  EXPECT_THAT(RuleRun{"Attention"}.in({2, 4}).in({2, 6, 24}).in({2, 6, 24}).shape(),
              HasSubstr("3 or 4 axes"));
}

TEST(FlexAttentionRule, SharesHeadsOfKeys) {
  const auto ran =
      RuleRun("FlexAttention", "ai.onnx.preview").in({2, 8, 4, 16}).in({2, 2, 6, 16}).in({2, 2, 6, 32}).run();
  EXPECT_EQ(ran.shape(), "2x8x4x32");
  EXPECT_EQ(ran.macs, 2.0 * 8 * 4 * 6 * (16 + 32));
}

TEST(Rules, OfANodeWithoutOutputsCountNothing) {
  EXPECT_FALSE(RuleRun{"Conv"}.in({1, 3, 8, 8}).in({4, 3, 3, 3}).outputs(0).run().macs);
  EXPECT_FALSE(RuleRun{"MatMul"}.in({2, 3}).in({3, 4}).outputs(0).run().macs);
}

TEST(ContribAttentionRules, CountProjections) {
  const auto ran = RuleRun("Attention", contrib)
                       .in({1, 128, 768})
                       .in({768, 2304})
                       .in({2304})
                       .set("num_heads", 12)
                       .outputs(2)
                       .run();
  EXPECT_EQ(ran.shape(0), "1x128x768");
  EXPECT_EQ(ran.shape(1), "2x1x12x128x64");
  EXPECT_EQ(ran.macs, 128.0 * 768 * 2304 + 2.0 * 12 * 128 * 128 * 64);
}

TEST(ContribAttentionRules, KnowMultiHeadAndGroupedForms) {
  const auto multi = RuleRun("MultiHeadAttention", contrib)
                         .in({1, 10, 64})
                         .in({1, 20, 64})
                         .in({1, 20, 32})
                         .set("num_heads", 8)
                         .outputs(3)
                         .run();
  EXPECT_EQ(multi.shape(0), "1x10x32");
  EXPECT_EQ(multi.shape(1), "1x8x20x8");
  EXPECT_EQ(multi.shape(2), "1x8x20x4");
  EXPECT_EQ(multi.macs, 8.0 * 10 * 20 * 12);
  auto grouped = RuleRun("GroupQueryAttention", contrib).in({1, 1, 64}).in({1, 1, 16}).in({1, 1, 16});
  grouped.in({1, 2, 31, 8}).in({1, 2, 31, 8}).in({1}, DType::int32).in(scalar_int(32));
  grouped.set("num_heads", 8).set("kv_num_heads", 2).outputs(3);
  EXPECT_EQ(grouped.run().shape(0), "1x1x64");
  EXPECT_EQ(grouped.run().shape(1), "1x2x32x8");
  EXPECT_EQ(grouped.run().macs, 8.0 * 32 * 16);
}

TEST(LinearAttentionRule, KeepsAState) {
  auto run = RuleRun{"LinearAttention"}.in({2, 5, 24}).in({2, 5, 12}).in({2, 5, 30});
  const auto ran =
      run.set("q_num_heads", 6).set("kv_num_heads", 3).set("update_rule", "linear").outputs(2).run();
  EXPECT_EQ(ran.shape(0), "2x5x60");
  EXPECT_EQ(ran.shape(1), "2x3x4x10");
  EXPECT_EQ(ran.macs, 2.0 * 5 * 4 * 10 * (6 + 3));
}

TEST(DetRule, NeedsSquares) {
  EXPECT_EQ(RuleRun{"Det"}.in({2, 3, 3}).shape(), "2");
  EXPECT_EQ(RuleRun{"Det"}.in({3, 3}).shape(), "scalar");
  EXPECT_THAT(RuleRun{"Det"}.in({2, 3}).shape(), HasSubstr("must be a square"));
}

}  // namespace
}  // namespace ns::onnx
