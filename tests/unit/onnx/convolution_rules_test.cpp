#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

constexpr auto contrib = "com.microsoft";

TEST(ConvRule, CountsAPlainConvolution) {
  const auto ran = RuleRun{"Conv"}
                       .in({1, 3, 224, 224})
                       .in({64, 3, 7, 7})
                       .set("strides", {2, 2})
                       .set("pads", {3, 3, 3, 3})
                       .run();
  EXPECT_EQ(ran.shape(), "1x64x112x112");
  EXPECT_EQ(ran.dtype(), DType::float32);
  EXPECT_EQ(ran.macs, 118013952.0);
}

TEST(ConvRule, PadsSameByTheDilatedKernelOfTheWeights) {
  const auto ran = RuleRun{"Conv"}
                       .in({1, 16, 16, 16})
                       .in({16, 16, 3, 3})
                       .set("auto_pad", "SAME_UPPER")
                       .set("dilations", {2, 2})
                       .run();
  EXPECT_EQ(ran.shape(), "1x16x16x16");
  EXPECT_EQ(ran.macs, 589824.0);
}

TEST(ConvRule, CountsGroupsByTheChannelsThatEachReads) {
  const auto depthwise = RuleRun{"Conv"}.in({1, 24, 6, 6}).in({24, 1, 3, 3}).set("group", 24).run();
  EXPECT_EQ(depthwise.shape(), "1x24x4x4");
  EXPECT_EQ(depthwise.macs, 3456.0);
  const auto grouped = RuleRun{"Conv"}.in({1, 24, 6, 6}).in({12, 2, 3, 3}).set("group", 12).run();
  EXPECT_EQ(grouped.macs, 3456.0);
}

TEST(ConvRule, RejectsGroupsThatDoNotDivideTheChannels) {
  EXPECT_EQ(RuleRun{"Conv"}.in({1, 10, 6, 6}).in({12, 3, 3, 3}).set("group", 3).shape(),
            "node 'it' (Conv): the input has 10 channels, which 3 groups do not divide; change `group`");
  EXPECT_THAT(RuleRun{"Conv"}.in({1, 10, 6, 6}).in({12, 3, 3, 3}).shape(),
              HasSubstr("10 channels in 1 group, but the weights 12x3x3x3 take 3"));
}

TEST(ConvRule, RejectsAWindowLargerThanItsInput) {
  EXPECT_THAT(RuleRun{"Conv"}.in({1, 3, 4, 4}).in({8, 3, 7, 7}).set("pads", {1, 1, 1, 1}).shape(),
              HasSubstr("the window covers 7, more than the padded input's 6"));
}

TEST(ConvRule, RejectsAttributesOfTheWrongLength) {
  EXPECT_THAT(
      RuleRun{"Conv"}.in({1, 3, 8, 8}).in({8, 3, 3, 3}).set("strides", std::vector<std::int64_t>{2}).shape(),
      HasSubstr("the attribute `strides` has 1 number; it needs 2"));
  EXPECT_THAT(RuleRun{"Conv"}.in({1, 3, 8, 8}).in({8, 3, 3, 3}).set("strides", {0, 1}).shape(),
              HasSubstr("must be at least 1"));
  EXPECT_THAT(RuleRun{"Conv"}.in({1, 3, 8, 8}).in({8, 3, 3}).shape(),
              HasSubstr("both must have as many axes"));
  EXPECT_THAT(RuleRun{"Conv"}.in({1, 3, 8, 8}).in({8, 3, 3, 3}).set("kernel_shape", {5, 5}).shape(),
              HasSubstr("kernel_shape is 5x5, but the weights are 8x3x3x3"));
}

TEST(ConvRule, KeepsSymbolsAndWhatIsUnknown) {
  const auto ran = RuleRun{"Conv"}
                       .in({symbol("batch"), 3, symbol("height"), Extent{}})
                       .in({8, 3, 3, 3})
                       .set("pads", {1, 1, 1, 1})
                       .run();
  EXPECT_EQ(ran.shape(), "batchx8xheightx?");
  EXPECT_FALSE(ran.macs);
  EXPECT_EQ(RuleRun{"Conv"}.in(unknown_rank()).in({8, 3, 3, 3}).shape(), "?x8x?x?");
  EXPECT_EQ(RuleRun{"Conv"}.in({1, 3, 8, 8}).in(unknown_rank()).shape(), "1x?x?x?");
  EXPECT_EQ(RuleRun{"Conv"}.in({1, 3, 8, 8}).in(unknown_rank()).set("kernel_shape", {3, 3}).shape(),
            "1x?x6x6");
}

TEST(ConvRule, CarriesTheBoundOfABatchThatDependsOnData) {
  auto regions = tensor(DType::float32, Dims{Extent{}, 3, 8, 8});
  regions.most = Dims{100, 3, 8, 8};
  const auto ran = RuleRun{"Conv"}.in(regions).in({4, 3, 3, 3}).run();
  EXPECT_EQ(ran.shape(), "?x4x6x6");
  ASSERT_TRUE(ran.outputs[0].most);
  EXPECT_EQ(to_string(*ran.outputs[0].most), "100x4x6x6");
}

TEST(ConvRule, KnowsOneAndThreeAxes) {
  EXPECT_EQ(RuleRun{"Conv"}.in({2, 80, 100}).in({16, 80, 3}).set("pads", {1, 1}).shape(), "2x16x100");
  EXPECT_EQ(RuleRun{"Conv"}
                .in({1, 3, 16, 112, 112})
                .in({64, 3, 3, 3, 3})
                .set("pads", {1, 1, 1, 1, 1, 1})
                .run()
                .macs,
            64.0 * 3 * 27 * 16 * 112 * 112);
}

TEST(ConvTransposeRule, PadsSameToInputTimesStride) {
  const auto ran = RuleRun{"ConvTranspose"}
                       .in({1, 1, 2, 2})
                       .in({1, 1, 3, 3})
                       .set("auto_pad", "SAME_UPPER")
                       .set("strides", {1, 1})
                       .run();
  EXPECT_EQ(ran.shape(), "1x1x2x2");
  EXPECT_EQ(ran.macs, 36.0);
}

TEST(ConvTransposeRule, TakesTheLastNumbersOfOutputShape) {
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{32, 32}, {1, 16, 32, 32}}) {
    const auto ran = RuleRun{"ConvTranspose"}
                         .in({1, 16, 16, 16})
                         .in({16, 16, 3, 3})
                         .set("strides", {2, 2})
                         .set("output_shape", shape)
                         .run();
    EXPECT_EQ(ran.shape(), "1x16x32x32");
    EXPECT_EQ(ran.macs, 589824.0);
  }
}

TEST(ConvTransposeRule, CountsByItsInput) {
  const auto one = RuleRun{"ConvTranspose"}.in({1, 32, 1, 1}).in({32, 1, 3, 3}).run();
  EXPECT_EQ(one.shape(), "1x1x3x3");
  EXPECT_EQ(one.macs, 288.0);
  const auto two =
      RuleRun{"ConvTranspose"}.in({1, 3, 2, 2}).in({3, 1, 2, 2}).in({1}).set("strides", {2, 2}).run();
  EXPECT_EQ(two.shape(), "1x1x4x4");
  EXPECT_EQ(two.macs, 48.0);
}

TEST(ConvTransposeRule, AddsOutputPaddingAndGroups) {
  EXPECT_EQ(RuleRun{"ConvTranspose"}
                .in({1, 8, 10, 10})
                .in({8, 4, 3, 3})
                .set("group", 2)
                .set("strides", {2, 2})
                .set("pads", {1, 1, 1, 1})
                .set("output_padding", {1, 1})
                .shape(),
            "1x8x20x20");
  EXPECT_THAT(RuleRun{"ConvTranspose"}.in({1, 8, 10, 10}).in({4, 4, 3, 3}).shape(),
              HasSubstr("the input has 8 channels, but the weights 4x4x3x3 take 4"));
  EXPECT_EQ(
      RuleRun{"ConvTranspose"}.in({1, 8, symbol("h"), 10}).in({8, 4, 2, 2}).set("strides", {2, 2}).shape(),
      "1x4x2*hx20");
}

TEST(ConvTransposeRule, TakesPadsFromAnInput) {
  const auto run = [](const Fact& pads) {
    return RuleRun("ConvTransposeWithDynamicPads", contrib)
        .in({1, 8, 10, 10})
        .in({8, 4, 3, 3})
        .in(pads)
        .set("strides", {2, 2})
        .shape();
  };
  EXPECT_EQ(run(vector_of({1, 1, 1, 1})), "1x4x19x19");
  EXPECT_EQ(run(tensor(DType::int64, Dims{4})), "1x4x?x?");
  EXPECT_EQ(
      RuleRun("ConvTransposeWithDynamicPads", contrib).in({1}).in(unknown_rank()).in(vector_of({1})).shape(),
      "1");
}

TEST(ConvTransposeRule, NeverPadsUpToItsStride) {
  EXPECT_EQ(RuleRun{"ConvTranspose"}
                .in({1, 1, 5})
                .in({1, 1, 2})
                .set("strides", std::vector<std::int64_t>{3})
                .set("auto_pad", "SAME_UPPER")
                .shape(),
            "1x1x14");
}

TEST(ConvRules, SurviveAttributesBeyondAllNumbers) {
  constexpr auto huge = std::numeric_limits<std::int64_t>::max();
  const std::vector<std::int64_t> pads{huge, huge};
  EXPECT_EQ(RuleRun{"ConvTranspose"}.in({1, 1, 5}).in({1, 1, 2}).set("pads", pads).shape(), "1x1x?");
  EXPECT_EQ(RuleRun{"Conv"}.in({1, 1, 5}).in({1, 1, 2}).set("pads", pads).shape(), "1x1x?");
}

TEST(QuantisedConvRules, TakeTheTypeOfTheResultsZeroPoint) {
  const auto ran = RuleRun{"QLinearConv"}
                       .in({1, 3, 8, 8}, DType::uint8)
                       .scalar()
                       .scalar(DType::uint8)
                       .in({4, 3, 3, 3}, DType::int8)
                       .scalar()
                       .scalar(DType::int8)
                       .scalar()
                       .scalar(DType::int8)
                       .run();
  EXPECT_EQ(ran.shape(), "1x4x6x6");
  EXPECT_EQ(ran.dtype(), DType::int8);
  EXPECT_EQ(ran.macs, 4.0 * 27 * 36);
  EXPECT_EQ(
      RuleRun{"ConvInteger"}.in({1, 3, 8, 8}, DType::uint8).in({4, 3, 3, 3}, DType::uint8).run().dtype(),
      DType::int32);
}

TEST(ContribConvRules, ReadChannelsLast) {
  const auto ran =
      RuleRun("NhwcConv", contrib).in({1, 16, 16, 3}).in({8, 3, 3, 3}).set("pads", {1, 1, 1, 1}).run();
  EXPECT_EQ(ran.shape(), "1x16x16x8");
  EXPECT_EQ(ran.macs, 55296.0);
  EXPECT_EQ(
      RuleRun("FusedConv", contrib).in({1, 3, 16, 16}).in({8, 3, 3, 3}).set("pads", {1, 1, 1, 1}).run().macs,
      55296.0);
}

TEST(Col2ImRule, PutsBlocksBack) {
  EXPECT_EQ(RuleRun{"Col2Im"}.in({1, 5, 5}).in(vector_of({5, 5})).in(vector_of({1, 5})).shape(), "1x1x5x5");
  EXPECT_EQ(RuleRun{"Col2Im"}.in({2, 10, 9}).in(vector_of({6, 6, 6})).in(vector_of({1, 5, 1})).shape(),
            "2x2x6x6x6");
  EXPECT_EQ(RuleRun{"Col2Im"}.in({1, 5, 5}).in({2}, DType::int64).in(vector_of({1, 5})).shape(), "1x1x?x?");
  constexpr std::int64_t many = std::int64_t{1} << 40U;
  EXPECT_EQ(RuleRun{"Col2Im"}.in({1, 5, 5}).in({many}, DType::int64).in(vector_of({1, 5})).shape(), "rank?");
  EXPECT_THAT(RuleRun{"Col2Im"}.in({1, 7, 5}).in(vector_of({5, 5})).in(vector_of({1, 5})).shape(),
              HasSubstr("blocks of 5 elements do not divide"));
}

TEST(CausalConvRule, CarriesTheLastPositions) {
  const auto ran = RuleRun{"CausalConvWithState"}.in({2, 4, 10}).in({4, 1, 3}).outputs(2).run();
  EXPECT_EQ(ran.shape(0), "2x4x10");
  EXPECT_EQ(ran.shape(1), "2x4x2");
  EXPECT_EQ(ran.macs, 2.0 * 4 * 10 * 3);
}

}  // namespace
}  // namespace ns::onnx
