#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

/// The spatial extents of a MaxPool with ceil_mode.
std::string ceiled(std::int64_t height, std::int64_t width, std::int64_t kernel, std::int64_t stride,
                   std::int64_t pad) {
  return RuleRun{"MaxPool"}
      .in({1, 1, height, width})
      .set("kernel_shape", {kernel, kernel})
      .set("strides", {stride, stride})
      .set("pads", {pad, pad, pad, pad})
      .set("ceil_mode", 1)
      .shape();
}

TEST(PoolRules, CeilKeepsOnlyWindowsThatStartInside) {
  EXPECT_EQ(ceiled(5, 5, 2, 2, 1), "1x1x3x3");
  EXPECT_EQ(ceiled(6, 7, 1, 2, 0), "1x1x3x4");
  EXPECT_EQ(ceiled(5, 5, 2, 2, 0), "1x1x3x3");
  EXPECT_EQ(ceiled(5, 5, 3, 3, 1), "1x1x2x2");
  EXPECT_EQ(ceiled(32, 32, 1, 2, 0), "1x1x16x16");
}

// ONNX Runtime and ONNX's own inference round up with auto_pad VALID too, whatever the text says.
TEST(PoolRules, RoundUpWithoutPadsToo) {
  auto pool = RuleRun{"MaxPool"}.in({1, 1, 6}).set("kernel_shape", std::vector<std::int64_t>{3});
  pool.set("strides", std::vector<std::int64_t>{2}).set("auto_pad", "VALID").set("ceil_mode", 1);
  EXPECT_EQ(pool.shape(), "1x1x3");
}

TEST(PoolRules, TakeAWindowThatOnlyBeginsInside) {
  auto pool = RuleRun{"MaxPool"}.in({1, 1, 9}).set("kernel_shape", std::vector<std::int64_t>{10});
  pool.set("strides", std::vector<std::int64_t>{2});
  EXPECT_THAT(pool.shape(), HasSubstr("the window covers 10, more than the padded input's 9"));
  EXPECT_EQ(pool.set("ceil_mode", 1).shape(), "1x1x1");
}

TEST(PoolRules, FloorsOtherwise) {
  EXPECT_EQ(
      RuleRun{"MaxPool"}.in({1, 64, 112, 112}).set("kernel_shape", {3, 3}).set("strides", {2, 2}).shape(),
      "1x64x55x55");
  EXPECT_EQ(RuleRun{"LpPool"}.in({1, 3, 32, 32}).set("kernel_shape", {2, 2}).shape(), "1x3x31x31");
  EXPECT_EQ(RuleRun{"MaxPool"}.in({1, 1, 4, 4}).set("kernel_shape", {2, 2}).set("dilations", {2, 2}).shape(),
            "1x1x2x2");
}

TEST(PoolRules, PadSameToTheInputOverTheStride) {
  EXPECT_EQ(RuleRun{"AveragePool"}
                .in({1, 192, 35, 35})
                .set("kernel_shape", {3, 3})
                .set("strides", {1, 1})
                .set("auto_pad", "SAME_UPPER")
                .shape(),
            "1x192x35x35");
  EXPECT_EQ(RuleRun{"MaxPool"}
                .in({1, 1, 7, symbol("w")})
                .set("kernel_shape", {3, 3})
                .set("strides", {2, 2})
                .set("auto_pad", "VALID")
                .shape(),
            "1x1x3xfloor((w + 1)/2) - 1");
  EXPECT_THAT(RuleRun{"MaxPool"}.in({1, 1, 7, 7}).set("kernel_shape", {3, 3}).set("auto_pad", "SAME").shape(),
              HasSubstr("auto_pad is 'SAME'"));
}

TEST(PoolRules, GiveIndicesAsInt64) {
  const auto ran = RuleRun{"MaxPool"}.in({1, 1, 4, 4}).set("kernel_shape", {2, 2}).outputs(2).run();
  EXPECT_EQ(ran.shape(1), "1x1x3x3");
  EXPECT_EQ(ran.dtype(1), DType::int64);
}

TEST(PoolRules, NeedAKernelThatFits) {
  EXPECT_THAT(RuleRun{"MaxPool"}.in({1, 1, 4, 4}).shape(), HasSubstr("`kernel_shape` is missing"));
  EXPECT_THAT(RuleRun{"MaxPool"}.in({1, 1, 4}).set("kernel_shape", {2, 2}).shape(),
              HasSubstr("the kernel 2x2 has 2 axes, the input has 1 spatial ones"));
  EXPECT_EQ(RuleRun{"MaxPool"}.in(unknown_rank()).set("kernel_shape", {2, 2}).shape(), "?x?x?x?");
}

TEST(GlobalPoolRules, LeaveOnes) {
  EXPECT_EQ(RuleRun{"GlobalAveragePool"}.in({symbol("n"), 8, Extent{}, 7}).shape(), "nx8x1x1");
  EXPECT_EQ(RuleRun{"GlobalMaxPool"}.in({2, 8, 5}).shape(), "2x8x1");
  EXPECT_EQ(
      RuleRun("QLinearGlobalAveragePool", "com.microsoft").in({1, 7, 7, 8}).set("channels_last", 1).shape(),
      "1x1x1x8");
}

TEST(UnpoolRule, InvertsAPool) {
  auto run = RuleRun{"MaxUnpool"}.in({1, 1, 2, 2}).in({1, 1, 2, 2}, DType::int64);
  run.set("kernel_shape", {2, 2}).set("strides", {2, 2});
  EXPECT_EQ(run.shape(), "1x1x4x4");
  EXPECT_EQ(run.in(vector_of({1, 1, 5, 5})).shape(), "1x1x5x5");
}

TEST(RegionRules, GiveOneMapPerRegion) {
  EXPECT_EQ(RuleRun{"RoiAlign"}
                .in({1, 256, 50, 50})
                .in({Extent{}, 4})
                .in({Extent{}}, DType::int64)
                .set("output_height", 7)
                .set("output_width", 5)
                .shape(),
            "?x256x7x5");
  auto regions = tensor(DType::float32, Dims{Extent{}, 4});
  regions.most = Dims{100, 4};
  const auto ran = RuleRun{"RoiAlign"}.in({1, 256, 50, 50}).in(regions).run();
  EXPECT_EQ(to_string(ran.outputs[0].most.value()), "100x256x1x1");
  EXPECT_EQ(RuleRun{"MaxRoiPool"}.in({1, 3, 50, 50}).in({2, 5}).set("pooled_shape", {6, 6}).shape(),
            "2x3x6x6");
}

}  // namespace
}  // namespace ns::onnx
