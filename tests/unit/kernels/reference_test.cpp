// The reference against values worked out by hand.
#include "one_layer.hpp"

#include <gmock/gmock.h>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::Pointwise;

std::vector<float> reference(std::string_view text, const Values& inputs, Values weights = {}) {
  const auto backend = open_backend("reference");
  const auto outputs = run_layer(**backend, text, inputs, std::move(weights));
  EXPECT_TRUE(outputs) << text << ": " << (outputs ? "" : outputs.error().message);
  return outputs ? outputs->front() : std::vector<float>{};
}

TEST(Reference, LocalUsesOtherFiltersAtEveryPosition) {
  // 1 x 3 positions of a 1 x 2 window over 1 2 3 4; filters (1,0), (0,1), (1,1); biases 10, 20, 30.
  EXPECT_THAT(
      reference("local:filters=1,kernel=1x2@1x1x1x4", {{1, 2, 3, 4}}, {{1, 0, 0, 1, 1, 1}, {10, 20, 30}}),
      ElementsAre(11, 23, 37));
}

TEST(Reference, LocalPadsWithZeros) {
  EXPECT_THAT(reference("local:filters=1,kernel=1x2,pad=0x1x0x0,bias=0@1x1x1x2", {{5, 7}}, {{1, 2, 1, 2}}),
              ElementsAre(10, 19));
}

TEST(Reference, CaffePoolingRoundsUpAndClipsTheLastWindow) {
  // ceil((5 - 2) / 2) + 1 = 3 windows, the last of one element.
  EXPECT_THAT(reference("pool:max,kernel=2,stride=2,rounding=caffe@1x1x5", {{1, 5, 2, 3, 4}}),
              ElementsAre(5, 3, 4));
}

TEST(Reference, CaffeAverageDividesByTheWindowClippedAtThePadding) {
  // Padded map 0 | 1 2 3 4 | 0 and windows of 3 from -1, 1 and, rounded up, 3: (0+1+2)/3, (2+3+4)/3 and
  // (4+0)/2, as the last window reaches one past the padding.
  EXPECT_THAT(
      reference("pool:average,kernel=3,stride=2,pad=1,rounding=caffe,count_pad=1@1x1x4", {{1, 2, 3, 4}}),
      ElementsAre(1, 3, 2));
}

TEST(Reference, AverageWithoutPaddingDividesByWhatItCovers) {
  EXPECT_THAT(reference("pool:average,kernel=3,stride=2,pad=1@1x1x3", {{2, 4, 9}}), ElementsAre(3, 6.5));
}

TEST(Reference, ResponseWithinChannelsSumsASquareWindow) {
  // Window of 3 x 3 = 9 elements, beta 1, k 1, alpha 9: x / (1 + sum of squares around).
  EXPECT_THAT(reference("norm:lrn_within,size=3,alpha=9,beta=1@1x1x1x3", {{1, 2, 3}}),
              Pointwise(FloatNear(1e-6F), {1.0F / 6.0F, 2.0F / 15.0F, 3.0F / 14.0F}));
}

TEST(Reference, CaffeBatchNormDividesItsStatisticsByTheFactor) {
  // mean 4 / 2, variance 8 / 2 - with epsilon 0: (6 - 2) / 2.
  EXPECT_THAT(reference("norm:batch,affine=0,factor=1,epsilon=0@1x1", {{6}}, {{4}, {8}, {2}}),
              ElementsAre(2));
}

TEST(Reference, ScaleMultipliesAndShiftsPerChannel) {
  EXPECT_THAT(reference("norm:scale@1x2x2", {{1, 2, 3, 4}}, {{10, 100}, {1, 2}}),
              ElementsAre(11, 21, 302, 402));
}

TEST(Reference, ArgmaxNamesTheFirstOfEqualElements) {
  EXPECT_THAT(reference("argmax:axis=1,top=3@1x4", {{2, 5, 5, 1}}), ElementsAre(1, 2, 0));
}

TEST(Reference, ArgmaxRunsAlongItsAxis) {
  EXPECT_THAT(reference("argmax:axis=0,top=1@2x3", {{1, 8, 3, 4, 5, 2}}), ElementsAre(1, 0, 0));
}

TEST(Reference, ActivationsWithBounds) {
  EXPECT_THAT(reference("act:htanh@4", {{-3, -0.5, 0.5, 3}}), ElementsAre(-1, -0.5, 0.5, 1));
  EXPECT_THAT(reference("act:relu6@3", {{-1, 4, 9}}), ElementsAre(0, 4, 6));
  EXPECT_THAT(reference("act:clip,alpha=-2,beta=1@3", {{-5, 0, 5}}), ElementsAre(-2, 0, 1));
}

TEST(Reference, PowerIsShiftPlusScaleTimesXToThePower) {
  EXPECT_THAT(reference("act:power,alpha=2,beta=3,gamma=1@2", {{1, 2}}), ElementsAre(16, 49));
}

TEST(Reference, AdditionWeighsItsTerms) {
  EXPECT_THAT(reference("eltwise:add,coefficients=1/-2/0.5@2,2,2", {{1, 2}, {3, 4}, {10, 20}}),
              ElementsAre(0, 4));
}

TEST(Reference, ReshapeKeepsTheOrder) {
  EXPECT_THAT(reference("reshape:extents=0x-1@2x1x2", {{1, 2, 3, 4}}), ElementsAre(1, 2, 3, 4));
}

TEST(Reference, EpiloguesRunBehindTheirHead) {
  // 2 x + 1 = 3, -3; plus 1, 1 = 4, -2; relu.
  const auto backend = open_backend("reference");
  const auto outputs = run_layer(**backend, "conv:filters=1,kernel=1+eltwise:add+act:relu@1x1x2,1x1x2",
                                 {{1, -2}, {1, 1}}, {{2}, {1}});
  // The reference fuses nothing, so the net has three groups; the result is the same.
  ASSERT_TRUE(outputs);
  EXPECT_THAT(outputs->front(), ElementsAre(4, 0));
}

TEST(Reference, RefusesAnOpaqueOperatorByName) {
  const auto backend = open_backend("reference");
  const auto layer = parse_layer("opaque:op=NonMaxSuppression,outputs=1x3@1x3");
  ASSERT_TRUE(layer) << layer.error().message;
  const auto supported = (*backend)->supports(*layer);
  ASSERT_FALSE(supported);
  EXPECT_EQ(supported.error().code, Errc::unsupported);
  EXPECT_THAT(supported.error().message, testing::HasSubstr("NonMaxSuppression"));
}

TEST(Reference, RefusesANetThatMemoryCannotHold) {
  const auto backend = open_backend("reference");
  const auto outputs = run_layer(**backend, "fc:features=8388608@1x8388608", {});
  ASSERT_FALSE(outputs);
  EXPECT_EQ(outputs.error().code, Errc::unsupported);
}

}  // namespace
}  // namespace ns
