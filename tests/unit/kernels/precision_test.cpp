#include "kernels/precision.hpp"

#include <gtest/gtest.h>
#include <limits>

namespace ns {
namespace {

constexpr float infinite = std::numeric_limits<float>::infinity();

LayerConfig layer_of(const char* text) {
  const auto layer = parse_layer(text);
  EXPECT_TRUE(layer) << text;
  return *layer;
}

TEST(Precision, FollowsFromTheSettings) {
  EXPECT_EQ(precision_of("onednn:threads=1"), (Precision{DType::float32, false}));
  EXPECT_EQ(precision_of("cudnn:0,math=tf32,workspace=64MB"), (Precision{DType::float32, true}));
  EXPECT_EQ(precision_of("cudnn:0,math=fp16"), (Precision{DType::float16, false}));
  EXPECT_EQ(precision_of("cudnn:0,math=bf16"), (Precision{DType::bfloat16, false}));
}

TEST(Precision, RoundsToWhatIsKept) {
  // Half way between 1 and the next number, of two the even one; the largest half is 65504.
  std::vector<float> values{1.0F + 0x1p-11F, 1.0F + 0x3p-11F, 65519.0F, 65520.0F, -1e30F};
  round_to_kept(values, precision_of("cudnn:0,math=fp16"));
  EXPECT_EQ(values, (std::vector<float>{1.0F, 1.0F + 0x1p-9F, 65504.0F, infinite, -infinite}));
  values = {1.0F + 0x1p-8F, 1.0F + 0x3p-8F, 1e30F};
  round_to_kept(values, precision_of("cudnn:0,math=bf16"));
  EXPECT_EQ(values[0], 1.0F);
  EXPECT_EQ(values[1], 1.0F + 0x1p-6F);
  EXPECT_NEAR(values[2], 1e30F, 1e30F * 0x1p-8F);
  values = {1.0F + 0x1p-23F};
  round_to_kept(values, precision_of("reference"));
  EXPECT_EQ(values.front(), 1.0F + 0x1p-23F);
}

TEST(Precision, OfResultsOnlyOverflowIsMadeAlike) {
  std::vector<float> values{1.0F + 0x1p-20F, 7e4F};
  overflow_as_kept(values, precision_of("cudnn:0,math=fp16"));
  EXPECT_EQ(values, (std::vector<float>{1.0F + 0x1p-20F, infinite}));
}

TEST(Precision, AllowsNothingWhereNothingIsRounded) {
  const Precision half = precision_of("cudnn:0,math=fp16");
  EXPECT_EQ(rounding_of(layer_of("transpose:perm=1x0@4x6"), half), 0.0);
  EXPECT_EQ(rounding_of(layer_of("act:relu@4"), half), 0x1p-11);
  EXPECT_EQ(rounding_of(layer_of("act:relu@4"), precision_of("cudnn:0")), 0.0);
  EXPECT_EQ(rounding_of(layer_of("act:relu@4"), precision_of("cudnn:0,math=tf32")), 0.0);
}

TEST(Precision, OfProductsCountsResultAndEpilogue) {
  EXPECT_EQ(rounding_of(layer_of("fc:features=3@2x100"), precision_of("cudnn:0,math=bf16")), 2 * 0x1p-8);
  // Both operands of a hundred products are rounded.
  EXPECT_NEAR(rounding_of(layer_of("fc:features=3@2x100"), precision_of("cudnn:0,math=tf32")),
              2 * 10 * 0x1p-11, 1e-12);
}

TEST(KeptWeights, AreRoundedButForWholeNumbers) {
  const Precision precision = precision_of("cudnn:0,math=bf16");
  const RandomWeights random{1};
  const KeptWeights kept{random, precision};
  const auto read = [](const Weights& weights, const char* layer) {
    const auto net = net_of(layer_of(layer));
    std::vector<float> values(6);
    EXPECT_TRUE(weights.read(*net, 0, 0, 0, values));
    return values;
  };
  auto real = read(random, "fc:features=2@1x3");
  EXPECT_NE(read(kept, "fc:features=2@1x3"), real);
  round_to_kept(real, precision);
  EXPECT_EQ(read(kept, "fc:features=2@1x3"), real);
  const char* const picks = "gather:axis=0,indices=6@3000x2";
  EXPECT_EQ(read(kept, picks), read(random, picks));
}

}  // namespace
}  // namespace ns
