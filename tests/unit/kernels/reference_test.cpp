// The reference against values worked out by hand.
#include "kernels/reference/layers.hpp"
#include "one_layer.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <limits>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::IsEmpty;
using testing::IsNan;
using testing::Pointwise;

std::vector<float> reference(std::string_view text, const Values& inputs, Values weights = {}) {
  const auto backend = open_backend("reference");
  const auto outputs = run_layer(**backend, text, inputs, std::move(weights));
  EXPECT_TRUE(outputs) << text << ": " << (outputs ? "" : outputs.error().message);
  return outputs ? outputs->front() : std::vector<float>{};
}

/// What the layer `text`, which stores nothing, makes of `inputs`.
std::vector<double> exact(std::string_view text, const std::vector<std::vector<double>>& inputs) {
  const auto layer = parse_layer(text);
  EXPECT_TRUE(layer) << text << ": " << (layer ? "" : layer.error().message);
  if (!layer) return {};
  const auto types = output_types(layer->params, layer->inputs);
  EXPECT_TRUE(types && reference::supports(*layer)) << text;
  if (!types) return {};
  std::vector<Array> arrays;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    arrays.push_back({layer->inputs[i].dtype, layer->inputs[i].shape, inputs[i]});
  std::vector<const Array*> places;
  for (const Array& array : arrays) places.push_back(&array);
  Array output = zeros(types->front().dtype, types->front().shape);
  Array* const place = &output;
  reference::run(layer->params, {places, {}, {&place, 1}});
  return output.values;
}

TEST(Reference, LocalUsesOtherFiltersAtEveryPosition) {
  // 1 x 3 positions of a 1 x 2 window over 1 2 3 4; filters (1,0), (0,1), (1,1); biases 10, 20, 30.
  EXPECT_THAT(
      reference("local:filters=1,kernel=1x2@1x1x1x4", {{1, 2, 3, 4}}, {{1, 0, 0, 1, 1, 1}, {10, 20, 30}}),
      ElementsAre(11, 23, 37));
}

// The examples of ONNX's documents of QuantizeLinear and DequantizeLinear.
TEST(Reference, CastsByAScaleQuantiseAndBringBack) {
  EXPECT_THAT(exact("cast:dtype=uint8,scale=2,zero_point=128@6", {{0, 2, 3, 1000, -254, -1000}}),
              ElementsAre(128, 129, 130, 255, 1, 0));
  EXPECT_THAT(exact("cast:scale=2,zero_point=128@4:uint8", {{0, 3, 128, 255}}),
              ElementsAre(-256, -250, 0, 254));
  // Ties go to even before the zero point is added.
  EXPECT_THAT(exact("cast:dtype=int8,scale=1,zero_point=1@4", {{0.5, 1.5, -0.5, 200}}),
              ElementsAre(1, 3, 1, 127));
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

// NaN is the largest of all, as in ONNX Runtime 1.32 and in the ONNX package, which sorts as numpy does.
TEST(Reference, TopkRanksTheLargestFirstAndOfEqualOnesTheFirst) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinite = std::numeric_limits<double>::infinity();
  EXPECT_THAT(exact("topk:k=3,outputs=i@1x5", {{2, 5, 5, 1, 7}}), ElementsAre(4, 1, 2));
  EXPECT_THAT(exact("topk:k=3,smallest=1,outputs=i@1x5", {{2, 5, 1, 1, 7}}), ElementsAre(2, 3, 0));
  EXPECT_THAT(exact("topk:k=2,axis=0,outputs=v@3x2", {{1, 8, 3, 4, 5, 2}}), ElementsAre(5, 8, 3, 4));
  EXPECT_THAT(exact("topk:k=4,outputs=i@1x4", {{infinite, nan, -infinite, nan}}), ElementsAre(1, 3, 0, 2));
  EXPECT_THAT(exact("topk:k=3,smallest=1,outputs=i@1x3", {{nan, infinite, 1}}), ElementsAre(2, 1, 0));
  EXPECT_THAT(exact("topk:k=3,outputs=i@1x3", {{-0.0, 0.0, -0.0}}), ElementsAre(0, 1, 2));
}

// The examples of CumSum in ONNX's documents, and the same of products.
TEST(Reference, RunningSumsAndProducts) {
  EXPECT_THAT(exact("cumsum:axis=0@3", {{1, 2, 3}}), ElementsAre(1, 3, 6));
  EXPECT_THAT(exact("cumsum:axis=0,exclusive=1@3", {{1, 2, 3}}), ElementsAre(0, 1, 3));
  EXPECT_THAT(exact("cumsum:axis=0,reverse=1@3", {{1, 2, 3}}), ElementsAre(6, 5, 3));
  EXPECT_THAT(exact("cumsum:axis=0,exclusive=1,reverse=1@3", {{1, 2, 3}}), ElementsAre(5, 3, 0));
  EXPECT_THAT(exact("cumsum:axis=0@2x3", {{1, 2, 3, 4, 5, 6}}), ElementsAre(1, 2, 3, 5, 7, 9));
  EXPECT_THAT(exact("cumsum:axis=0,kind=prod@4", {{2, 3, 4, 5}}), ElementsAre(2, 6, 24, 120));
  EXPECT_THAT(exact("cumsum:axis=0,kind=prod,exclusive=1@3", {{2, 3, 4}}), ElementsAre(1, 2, 6));
  EXPECT_THAT(exact("cumsum:axis=0@2:uint8", {{200, 100}}), ElementsAre(200, 44));
}

// Two keys, of which the query's scores are ln 3 and 0: weights of 3/4 and 1/4.
TEST(Reference, AttentionWeighsValuesByTheirKeys) {
  const std::vector<double> query{std::log(3.0)};
  const std::vector<double> keys{1, 0};
  const std::vector<double> values{4, 8};
  const auto near = [](double value) { return testing::DoubleNear(value, 1e-6); };
  EXPECT_THAT(exact("attention@1x1x1x1,1x1x2x1,1x1x2x1", {query, keys, values}), ElementsAre(near(5)));
  EXPECT_THAT(exact("attention:scale=2@1x1x1x1,1x1x2x1,1x1x2x1", {query, keys, values}),
              ElementsAre(near(4.4)));
  // A boolean mask hides the first key; one that is added makes both alike.
  EXPECT_THAT(exact("attention@1x1x1x1,1x1x2x1,1x1x2x1,1x2:bool", {query, keys, values, {0, 1}}),
              ElementsAre(8));
  EXPECT_THAT(exact("attention@1x1x1x1,1x1x2x1,1x1x2x1,2", {query, keys, values, {0, std::log(3.0)}}),
              ElementsAre(near(6)));
  // What a mask does not reach is hidden, and so is what comes later.
  EXPECT_THAT(exact("attention@1x1x1x1,1x1x2x1,1x1x2x1,1", {query, keys, values, {0}}), ElementsAre(4));
  EXPECT_THAT(exact("attention:causal=1@1x1x1x1,1x1x2x1,1x1x2x1", {query, keys, values}), ElementsAre(4));
  // Capped at ln 2, tanh(ln 3 / ln 2) ln 2: less than ln 2, more than 0.9 of it.
  EXPECT_THAT(exact("attention:softcap=0.6931471805599453@1x1x1x1,1x1x2x1,1x1x2x1", {query, keys, values}),
              ElementsAre(testing::AllOf(testing::Gt(4 * 2.0 / 3 + 8 / 3.0), testing::Lt(5.4))));
}

// An error in ONNX, of which a kernel cannot speak; none reads or writes outside.
TEST(Reference, IndicesThatNameNoElementWrapAround) {
  EXPECT_THAT(exact("gather@5,3:int64", {{0, 1, 2, 3, 4}, {7, -8, 1e16}}), ElementsAre(2, 2, 0));
  EXPECT_THAT(exact("scatter:elements@5,2:int64,2", {{0, 1, 2, 3, 4}, {7, -6}, {20, 40}}),
              ElementsAre(0, 1, 20, 3, 40));
}

// Queries of three heads share one head of keys and values; packed, heads stand side by side.
TEST(Reference, AttentionSharesKeysAmongHeads) {
  const std::vector<double> values{4, 8};
  EXPECT_THAT(exact("attention:causal=1@1x3x2x1,1x1x2x1,1x1x2x1", {{0, 0, 0, 0, 0, 0}, {1, 1}, values}),
              ElementsAre(4, 6, 4, 6, 4, 6));
  EXPECT_THAT(
      exact("attention:heads=2,causal=1@1x2x2,1x2x2,1x2x2", {{0, 0, 0, 0}, {1, 1, 1, 1}, {4, 5, 8, 9}}),
      ElementsAre(4, 5, 6, 7));
  EXPECT_THAT(exact("attention@1x1x1x1,1x1x2x1,1x1x2x1,2:bool", {{0}, {1, 1}, values, {0, 0}}),
              ElementsAre(IsNan()));
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

TEST(Reference, IntegersAreDividedTowardsZero) {
  EXPECT_THAT(exact("eltwise:div@4:int32,4:int32", {{7, -7, 7, -8}, {2, 2, -2, 3}}),
              ElementsAre(3, -3, -3, -2));
  EXPECT_THAT(exact("eltwise:div@1:int32,1:int32", {{5}, {0}}), ElementsAre(0));
}

TEST(Reference, RemaindersTakeTheSignOfTheDivisorOrTheDividend) {
  EXPECT_THAT(exact("eltwise:mod@4:int64,4:int64", {{-4, 7, 5, -7}, {2, -3, 8, 3}}),
              ElementsAre(0, -2, 5, 2));
  EXPECT_THAT(exact("eltwise:fmod@4:int64,4:int64", {{-4, 7, 5, -7}, {2, -3, 8, 3}}),
              ElementsAre(0, 1, 5, -1));
}

TEST(Reference, IntegersWrapAroundAsNumpysDo) {
  EXPECT_THAT(exact("eltwise:add@2:uint8,2:uint8", {{200, 255}, {100, 1}}), ElementsAre(44, 0));
  EXPECT_THAT(exact("eltwise:sub@1:uint8,1:uint8", {{3}, {5}}), ElementsAre(254));
  // (2^31 - 1)^2 = 2^62 - 2^32 + 1, of which a double keeps no units.
  EXPECT_THAT(exact("eltwise:mul@2:int32,2:int32", {{2147483647, 46341}, {2147483647, 46341}}),
              ElementsAre(1, -2147479015));
  EXPECT_THAT(exact("reduce:sum_square@2:int32", {{2147483647, 2}}), ElementsAre(5));
  EXPECT_THAT(exact("reduce:prod@3:int8", {{100, 3, 2}}), ElementsAre(88));
  EXPECT_THAT(exact("act:neg@2:int8", {{-128, 5}}), ElementsAre(-128, -5));
}

TEST(Reference, PowersOfIntegersAreExact) {
  EXPECT_THAT(exact("eltwise:pow@3:int32,3:int32", {{3, -2, 3}, {4, 3, 40}}), ElementsAre(81, -8, 689956897));
  EXPECT_THAT(exact("eltwise:pow@3:int64,3:int64", {{2, 1, 3}, {-1, -5, 33}}),
              ElementsAre(0, 1, 5559060566555523));
  EXPECT_THAT(exact("eltwise:pow@2:int32,2", {{9, 2}, {0.5, 3}}), ElementsAre(3, 8));
}

TEST(Reference, BitsOfIntegers) {
  EXPECT_THAT(exact("eltwise:bitwise_and@2:uint8,2:uint8", {{0xcc, 0xff}, {0xaa, 0x0f}}),
              ElementsAre(0x88, 0x0f));
  EXPECT_THAT(exact("eltwise:bitwise_or@2:int32,2:int32", {{-8, 5}, {3, 2}}), ElementsAre(-5, 7));
  EXPECT_THAT(exact("eltwise:bitwise_xor@2:int8,2:int8", {{-1, 12}, {5, 10}}), ElementsAre(-6, 6));
  EXPECT_THAT(exact("eltwise:bitwise_and@1:uint64,1:uint64", {{0x1p63 + 0x1p12}, {0x1p63}}),
              ElementsAre(0x1p63));
  EXPECT_THAT(exact("act:bitwise_not@3:uint8", {{0, 1, 200}}), ElementsAre(255, 254, 55));
  EXPECT_THAT(exact("act:bitwise_not@2:int16", {{0, -7}}), ElementsAre(-1, 6));
  EXPECT_THAT(exact("act:bitwise_not@2:bool", {{0, 1}}), ElementsAre(1, 0));
}

TEST(Reference, ShiftsCutOffWhatLeavesTheType) {
  EXPECT_THAT(exact("eltwise:shift_left@4:uint8,4:uint8", {{16, 4, 255, 1}, {1, 2, 4, 8}}),
              ElementsAre(32, 16, 240, 0));
  EXPECT_THAT(exact("eltwise:shift_right@4:uint8,4:uint8", {{16, 5, 255, 1}, {1, 1, 7, 200}}),
              ElementsAre(8, 2, 1, 0));
  EXPECT_THAT(exact("eltwise:shift_left@1:uint32,1:uint32", {{4294967295}, {31}}), ElementsAre(2147483648));
}

TEST(Reference, MeansOfIntegersAreTruncated) {
  EXPECT_THAT(exact("eltwise:mean@2:int32,2:int32,2:int32", {{1, -1}, {2, -2}, {5, -5}}), ElementsAre(2, -2));
  EXPECT_THAT(exact("reduce:mean@2x2:int64", {{1, 2, 3, 5}}), ElementsAre(2));
}

TEST(Reference, HalfPrecisionKeepsElevenDigits) {
  // Between 2048 and 4096 every second integer has a number; 2049 and 2051 go to the even neighbour.
  EXPECT_THAT(exact("eltwise:add@2:float16,2:float16", {{2048, 2050}, {1, 1}}), ElementsAre(2048, 2052));
  EXPECT_THAT(exact("eltwise:mul@1:float16,1:float16", {{256}, {256}}),
              ElementsAre(std::numeric_limits<double>::infinity()));
  EXPECT_THAT(exact("eltwise:add@1:bfloat16,1:bfloat16", {{256}, {1}}), ElementsAre(256));
}

TEST(Reference, DoublePrecisionIsKept) {
  EXPECT_THAT(exact("eltwise:sub@1:float64,1:float64", {{1.0 + 0x1p-40}, {1}}), ElementsAre(0x1p-40));
  EXPECT_THAT(exact("eltwise:add@1:float64,1:float64", {{1}, {1e-12}}), ElementsAre(1.000000000001));
  EXPECT_THAT(exact("eltwise:add@1,1", {{1}, {1e-12}}), ElementsAre(1));
}

TEST(Reference, LongIntegersAreSummedExactly) {
  EXPECT_THAT(exact("reduce:sum@3:int64", {{16777216, 1, 4294967296}}), ElementsAre(4311744513));
}

TEST(Reference, CastsTruncateWrapAndAskForZero) {
  EXPECT_THAT(exact("cast:dtype=uint8@4:int32", {{300, -1, 255, 256}}), ElementsAre(44, 255, 255, 0));
  EXPECT_THAT(exact("cast:dtype=int32@3", {{2.9, -2.9, 0.5}}), ElementsAre(2, -2, 0));
  EXPECT_THAT(exact("cast:dtype=bool@5", {{0, 0.5, -3, std::numeric_limits<double>::quiet_NaN(), -0.0}}),
              ElementsAre(0, 1, 1, 1, 0));
  EXPECT_THAT(exact("cast:dtype=float16@1:float64", {{0.1}}), ElementsAre(0.0999755859375));
}

TEST(Reference, MaximumAndMinimumOfNoNumberAreNone) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(exact("eltwise:max@3,3", {{1, none, 3}, {none, 2, 2}}), ElementsAre(IsNan(), IsNan(), 3));
  EXPECT_THAT(exact("eltwise:min@3,3", {{1, none, 3}, {none, 2, 2}}), ElementsAre(IsNan(), IsNan(), 2));
  EXPECT_THAT(exact("reduce:max@3", {{1, none, 3}}), ElementsAre(IsNan()));
}

TEST(Reference, RoundingGoesToEven) {
  EXPECT_THAT(exact("act:round@5", {{0.5, 1.5, 2.5, -1.5, -2.5}}), ElementsAre(0, 2, 2, -2, -2));
}

TEST(Reference, ActivationsOfIntegers) {
  EXPECT_THAT(exact("act:abs@2:int32", {{-5, 5}}), ElementsAre(5, 5));
  EXPECT_THAT(exact("act:sign@3:int64", {{-5, 0, 5}}), ElementsAre(-1, 0, 1));
  EXPECT_THAT(exact("act:relu@2:int8", {{-5, 5}}), ElementsAre(0, 5));
  EXPECT_THAT(exact("act:clip,alpha=-2,beta=3@3:int32", {{-5, 0, 5}}), ElementsAre(-2, 0, 3));
}

TEST(Reference, ScalarsRun) {
  EXPECT_THAT(exact("eltwise:add@scalar:int64,scalar:int64", {{2}, {3}}), ElementsAre(5));
  EXPECT_THAT(exact("reduce:sum@scalar", {{2}}), ElementsAre(2));
  EXPECT_THAT(exact("transpose@scalar", {{2}}), ElementsAre(2));
  EXPECT_THAT(exact("pad:constant@scalar", {{2}}), ElementsAre(2));
}

TEST(Reference, TensorsWithoutElementsRun) {
  for (const auto* text : {"norm:instance,affine=0@1x0x4",
                           "norm:layer,affine=0@2x0",
                           "norm:lrn@0x3x2x2",
                           "softmax@2x0",
                           "argmax@0x3",
                           "act:relu@0x3",
                           "pool:average,kernel=2@0x3x4x4",
                           "resize:nearest,extents=1x0x2x2@1x0x4x4",
                           "cast:dtype=int8@0",
                           "crop:starts=0x0,extents=0x3@2x3",
                           "transpose:perm=1x0@0x3",
                           "tile:repeats=0@3",
                           "expand:extents=0x3@1x3",
                           "pad:constant,pads=0x0x0x0@0x3",
                           "reshape:extents=0@0",
                           "reduce:sum,axes=1@0x3",
                           "slice:axis=1,sizes=3@0x3",
                           "topk:k=2@0x3",
                           "topk:k=0@2x3",
                           "cumsum@0x3",
                           "cumsum@3x0",
                           "depth_space:depth_to_space,block=2@0x4x2x2"})
    EXPECT_THAT(exact(text, {{}}), IsEmpty()) << text;
  EXPECT_THAT(exact("eltwise:add@0x3,1x3", {{}, {1, 2, 3}}), IsEmpty());
  EXPECT_THAT(exact("matmul@0x3,3x2", {{}, {1, 2, 3, 4, 5, 6}}), IsEmpty());
  EXPECT_THAT(exact("gather@3,0:int64", {{1, 2, 3}, {}}), IsEmpty());
  EXPECT_THAT(exact("attention@1x2x0x4,1x2x1x4,1x2x1x4",
                    {{}, std::vector<double>(8, 1.0), std::vector<double>(8, 1.0)}),
              IsEmpty());
  EXPECT_THAT(exact("scatter:elements@0,0:int64,0", {{}, {}, {}}), IsEmpty());
}

TEST(Reference, WhatIsMadeOfNothing) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  EXPECT_THAT(exact("matmul@2x0,0x1", {{}, {}}), ElementsAre(0, 0));
  EXPECT_THAT(exact("attention@1x1x1x2,1x1x0x2,1x1x0x1", {{1, 1}, {}, {}}), ElementsAre(0));
  EXPECT_THAT(exact("reduce:sum,axes=0@0x2", {{}}), ElementsAre(0, 0));
  EXPECT_THAT(exact("reduce:prod,axes=0@0x2", {{}}), ElementsAre(1, 1));
  EXPECT_THAT(exact("reduce:max,axes=0@0x1", {{}}), ElementsAre(-infinite));
  EXPECT_THAT(exact("reduce:mean,axes=0@0x1", {{}}), ElementsAre(IsNan()));
  EXPECT_THAT(exact("concat:axis=0@0x2,1x2", {{}, {3, 4}}), ElementsAre(3, 4));
  EXPECT_THAT(exact("pad:constant,pads=1x1,value=7@0", {{}}), ElementsAre(7, 7));
  EXPECT_THAT(exact("scatter:elements@2,0:int64,0", {{1, 2}, {}, {}}), ElementsAre(1, 2));
}

TEST(Reference, PlansRoundWhatIsWrittenAndStored) {
  EXPECT_THAT(reference("eltwise:add,with=1@2:int32", {{1.5F, -1.5F}}, {{2.75F}}), ElementsAre(3, 1));
  EXPECT_THAT(reference("eltwise:add,with=1@2:float16", {{2048, 2050}}, {{1}}), ElementsAre(2048, 2052));
}

TEST(Reference, CountsEightBytesPerValue) {
  const auto backend = open_backend("reference");
  const auto net = net_of(*parse_layer("fc:features=2,bias=0@1x3"));
  const auto plan = (*backend)->prepare(*net, group(*net, (*backend)->rules()), RandomWeights{1}, true);
  ASSERT_TRUE(plan);
  EXPECT_EQ((*plan)->weight_bytes(), Bytes{8.0 * 6});
  EXPECT_EQ((*plan)->activation_bytes(), Bytes{8.0 * 5});
}

TEST(Reference, RefusesWhatHasNoNumbersOrNoRegion) {
  for (const auto* text : {"reshape@3:string", "cast:dtype=complex64@3",
                           "resize:nearest,extents=1x1x2x2,coordinates=tf_crop_and_resize@1x1x4x4"}) {
    const auto layer = parse_layer(text);
    ASSERT_TRUE(layer) << layer.error().message;
    const auto supported = reference::supports(*layer);
    ASSERT_FALSE(supported) << text;
    EXPECT_EQ(supported.error().code, Errc::unsupported);
  }
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
