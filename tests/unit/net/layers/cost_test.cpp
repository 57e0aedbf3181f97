#include "net/layer.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

LayerCost of(std::string_view text) { return cost(parse_layer(text).value()).value(); }

// dgschwend/netscope#29 and #11: per image, and AlexNet's second convolution with two groups.
TEST(Cost, CountsMacsOfGroupsAndBatches) {
  EXPECT_EQ(of("conv:filters=64,kernel=7,stride=2,pad=3@1x3x224x224").macs, Macs{118013952});
  EXPECT_EQ(of("conv:filters=64,kernel=7,stride=2,pad=3@10x3x224x224").macs, Macs{1180139520});
  EXPECT_EQ(of("conv:filters=256,kernel=5,pad=2,groups=2@1x96x27x27").macs, Macs{223948800});
  EXPECT_EQ(of("conv:filters=24,kernel=3,groups=24@1x24x6x6").macs, Macs{3456});
}

// facebookresearch/fvcore#133: both counts, named.
TEST(Cost, TellsMacsFromFlops) {
  const auto fc = of("fc:features=1000,bias=0@1x1000");
  EXPECT_EQ(fc.macs, Macs{1e6});
  EXPECT_EQ(fc.flops, Flops{2e6});
  EXPECT_EQ(fc.weight_bytes, Bytes{4e6});
}

// The paper's DeepFace: unshared weights, a bias for every output element.
TEST(Cost, CountsUnsharedWeights) {
  const auto layer = parse_layer("local:filters=16,kernel=9@1x16x63x63").value();
  EXPECT_EQ(parameters(layer.params, layer.inputs), 62774800);
  EXPECT_NEAR(cost(layer)->macs.value(), 62.73e6, 5e3);
}

TEST(Cost, AddsTheEpiloguesOperations) {
  const auto fused = of("conv:filters=8,kernel=1+eltwise:add+act:relu@1x4x2x2,1x8x2x2");
  EXPECT_EQ(fused.flops, Flops{2 * 128 + 32 + 32});
  EXPECT_EQ(fused.input_bytes, Bytes{64 + 128});
  EXPECT_EQ(fused.output_bytes, Bytes{128});
  EXPECT_EQ(fused.weight_bytes, Bytes{4 * (32 + 8)});
}

TEST(Cost, OfNothingIsNothing) {
  const auto empty = of("conv:filters=8,kernel=1@0x4x2x2");
  EXPECT_EQ(empty.macs, Macs{0});
  EXPECT_EQ(empty.output_bytes, Bytes{0});
}

TEST(Cost, RefusesAnEpilogueWithoutItsOperand) {
  EXPECT_EQ(cost(parse_layer("conv:filters=8,kernel=1+eltwise:add@1x4x2x2").value()).error().message,
            "the epilogue reads more inputs than there are");
}

TEST(Kind, NamesHeadAndEpilogue) {
  EXPECT_EQ(kernel_kind(parse_layer("conv:filters=8,kernel=1+eltwise:add+act:relu@1x4x2x2,1x8x2x2").value()),
            "conv+add+act:relu");
}

}  // namespace
}  // namespace ns
