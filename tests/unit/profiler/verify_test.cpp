#include "profiler/verify.hpp"

#include "scripted.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace ns {
namespace {

using testing::HasSubstr;

LayerConfig layer(std::string_view text) { return *parse_layer(text); }
std::string twin(std::string_view text) { return print(twin_of(layer(text))); }

TEST(Twin, OfASmallLayerIsItself) {
  constexpr std::string_view small = "conv:filters=64,kernel=3,pad=1@1x64x20x20";  // 14.7 MMACs
  EXPECT_EQ(twin(small), small);
}

TEST(Twin, LosesExtentsFirst) {
  // 64 x 64 x 9 x 56 x 56 = 115.6 MMACs; at 28 x 28 28.9, at 14 x 14 7.2.
  EXPECT_EQ(twin("conv:filters=64,kernel=3,pad=1+act:relu@1x64x56x56"),
            "conv:filters=64,kernel=3,pad=1+act:relu@1x64x14x14");
}

TEST(Twin, ThenLosesChannels) {
  // 512 x 512 x 9 x 14 x 14 = 462 MMACs; an extent of 7 is less than a block.
  EXPECT_EQ(twin("conv:filters=512,kernel=3,pad=1@1x512x14x14"), "conv:filters=64,kernel=3,pad=1@1x64x14x14");
}

TEST(Twin, KeepsGroupsAndDepthwise) {
  EXPECT_EQ(twin("conv:filters=256,kernel=5,pad=2,groups=2@1x96x27x27"),
            "conv:filters=128,kernel=5,pad=2,groups=2@1x48x13x13");
  const auto depthwise = twin_of(layer("conv:filters=4096,kernel=7,pad=3,groups=4096@1x4096x15x15"));
  const auto& conv = std::get<Conv>(depthwise.params);
  EXPECT_EQ(conv.groups, depthwise.inputs.front().shape[1]);
  EXPECT_EQ(conv.filters, conv.groups);
}

TEST(Twin, GivesFiltersThatAreAnInputTheNewShape) {
  // 25 x 25 x 64 x 23 x 23 = 21.2 MMACs.
  EXPECT_EQ(twin("conv:filters=1,kernel=23,bias=0,stored=0@1x64x47x47,1x64x23x23"),
            "conv:filters=1,kernel=23,bias=0,stored=0@1x64x23x23,1x64x23x23");
  EXPECT_EQ(twin("conv:filters=2048,kernel=4,pad=2,stored=0@1x512x4x4,2048x512x4x4"),
            "conv:filters=256,kernel=4,pad=2,stored=0@1x64x4x4,256x64x4x4");
}

TEST(Twin, GivesEpiloguesTheNewShape) {
  const auto small =
      twin_of(layer("conv:filters=64,kernel=3,pad=1+eltwise:add+act:relu@1x64x56x56,1x64x56x56"));
  EXPECT_EQ(small.inputs.at(1).shape, (Shape{1, 64, 14, 14}));
}

TEST(Twin, HalvesFeaturesThenRowsOfAnFc) {
  EXPECT_EQ(twin("fc:features=4096@1x25088"), "fc:features=1024@1x6272");
  const auto many = twin_of(layer("fc:features=2048+act:sigmoid@548x2048"));
  EXPECT_LE(cost(many)->macs, largest_verified);
  EXPECT_TRUE(cost(many));
}

TEST(Compare, AllowsRoundingAndNothingMore) {
  const std::vector<float> expected{1.0F, -10.0F, 0.0F};
  EXPECT_FALSE(compare(std::vector{1.0005F, -10.0F, 0.0F}, expected, 1e-4));
  const auto differs = compare(std::vector{1.0F, -10.0F, 0.002F}, expected, 1e-4);
  ASSERT_TRUE(differs);
  EXPECT_THAT(*differs, HasSubstr("value 2 is 0.002 and should be 0"));
}

TEST(Verify, LetsRoundedSumsInTheMiddleFallEitherWay) {
  const std::vector<float> expected(100, 7.0F);
  auto got = expected;
  got[3] = 8.0F;
  EXPECT_FALSE(compare_rounded(got, expected));
  got[5] = 6.0F;
  EXPECT_EQ(compare_rounded(got, expected), "one off: 2 of 100 values");
  got[5] = 9.0F;
  EXPECT_EQ(compare_rounded(got, expected), "value 5 is 9 and should be 7");
}

TEST(Compare, TakesNoNanForANumber) {
  const auto nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(compare(std::vector{nan}, std::vector{1.0F}, 1e-4));
  EXPECT_TRUE(compare(std::vector{1.0F}, std::vector{nan}, 1e-4));
  EXPECT_FALSE(compare(std::vector{nan}, std::vector{nan}, 1e-4));
  EXPECT_TRUE(compare(std::vector{1.0F}, std::vector{1.0F, 1.0F}, 1e-4)) << "a value is missing";
  const auto infinite = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(compare(std::vector{infinite}, std::vector{1.0F}, 1e-4));
  EXPECT_FALSE(compare(std::vector{infinite}, std::vector{infinite}, 1e-4));
}

TEST(Verifier, FindsABackendThatComputesSomethingElse) {
  ScriptedTime time;
  ScriptedBackend backend{time};
  ScriptedBackend reference{time};
  const auto relu = layer("act:relu@1x8");
  EXPECT_EQ(*Verifier(backend, reference, 1).check(relu), std::nullopt);
  backend.value = 2.0F;
  const auto verdict = Verifier(backend, reference, 1).check(relu);
  ASSERT_TRUE(verdict && *verdict);
  EXPECT_THAT(**verdict, HasSubstr("act:relu@1x8: value 0 is 2 and should be 1"));
}

TEST(Verifier, TriesOneTwinOnce) {
  ScriptedTime time;
  ScriptedBackend backend{time};
  ScriptedBackend reference{time};
  int prepared = 0;
  reference.prepares = [&](const Net&) { return ++prepared, Result<void>{}; };
  Verifier verifier{backend, reference, 1};
  for (const auto* text :
       {"fc:features=4096@1x25088", "fc:features=8192@1x50176", "fc:features=4096@1x25088"})
    EXPECT_TRUE(verifier.check(layer(text)));
  EXPECT_EQ(prepared, 1);
}

}  // namespace
}  // namespace ns
