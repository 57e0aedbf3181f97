#include "node_run.hpp"

#include <gmock/gmock.h>

namespace ns {
namespace {

using testing::HasSubstr;

const std::string microsoft = "com.microsoft";

std::vector<std::int64_t> square(std::int64_t side) { return {side, side}; }

TEST(Quantisation, QuantizeLinearRoundsAndSaturates) {
  EXPECT_EQ(run({"QuantizeLinear", {"float32[6] 0 2 3 1000 -254 -1000", "float32[] 2", "uint8[] 128"}}),
            "uint8[6] 128 129 130 255 1 0");
  EXPECT_EQ(run({"QuantizeLinear", {"float32[2,2] 1 20 -3 40", "float32[2] 1 10", "int8[2] 0 1"}}),
            "int8[2,2] 1 3 -3 5");
  EXPECT_EQ(run({"QuantizeLinear",
                 {"float32[1,4] 1 2 4 6", "float32[1,2] 1 2", "uint8[1,2] 0 0"},
                 {attribute("axis", 1), attribute("block_size", 2)}}),
            "uint8[1,4] 1 2 2 3");
  EXPECT_EQ(run({"QuantizeLinear", {"float32[1] 3", "float32[1] 2", "uint8[1] 0"}, {}, 1, microsoft}),
            "uint8[1] 2");
}

TEST(Quantisation, DequantizeLinearTakesAScalePerAxisOrBlock) {
  EXPECT_EQ(run({"DequantizeLinear", {"uint8[4] 0 3 128 255", "float32[] 2", "uint8[] 128"}}),
            "float32[4] -256 -250 0 254");
  EXPECT_EQ(run({"DequantizeLinear", {"int8[2,2] 1 2 3 4", "float32[2] 1 10"}, {attribute("axis", 0)}}),
            "float32[2,2] 1 2 30 40");
  EXPECT_EQ(run({"DequantizeLinear",
                 {"int8[1,4] 1 2 3 4", "float32[1,2] 1 10", "int8[1,2] 0 1"},
                 {attribute("axis", 1), attribute("block_size", 2)}}),
            "float32[1,4] 1 2 20 30");
  EXPECT_EQ(run({"DequantizeLinear", {"uint8[1] 3", "float32[] 2", "uint8[] 1"}, {}, 1, microsoft}),
            "float32[1] 4");
}

TEST(Quantisation, ScalesAndZeroPointsThatDoNotFitAreRefused) {
  EXPECT_THAT(run({"QuantizeLinear", {"float32[2,2] 1 2 3 4", "float32[3] 1 1 1"}}), HasSubstr("error: "));
  EXPECT_THAT(run({"QuantizeLinear", {"float32[2,2] 1 2 3 4", "float32[2] 1 1", "uint8[1,0]"}}),
              HasSubstr("error: "));
  EXPECT_THAT(run({"DequantizeLinear", {"uint8[1,4] 1 2 3 4", "float32[4] 1 1 1 1", "uint8[3] 0 0 0"}}),
              HasSubstr("scale and zero point do not go together"));
  EXPECT_THAT(run({"DequantizeLinear", {"uint8[2] 1 2", "float32[0]"}}), HasSubstr("error: "));
  EXPECT_THAT(run({"MatMulInteger", {"uint8[1,2] 1 2", "uint8[2,1] 1 2", "uint8[0]"}}),
              HasSubstr("its inputs 1 and 3 do not go together"));
  EXPECT_THAT(run({"QLinearMatMul",
                   {"uint8[1,2] 1 2", "float32[0]", "uint8[] 0", "uint8[2,1] 1 2", "float32[] 1", "uint8[] 0",
                    "float32[] 1", "uint8[] 0"}}),
              HasSubstr("its input 2, a scale, has no element"));
  EXPECT_THAT(run({"QLinearMatMul",
                   {"uint8[1,2] 1 2", "float32[] 1", "uint8[] 0", "uint8[2,1] 1 2", "float32[3] 1 1 1",
                    "uint8[] 0", "float32[] 1", "uint8[] 0"}}),
              HasSubstr("has 3 scales for its weights"));
  EXPECT_THAT(run({"QLinearConcat",
                   {"float32[] 1", "uint8[] 0", "uint8[1] 2", "float32[] 1", "uint8[] 0", "uint8[1] 2", "",
                    "uint8[] 0"},
                   {attribute("axis", 0)},
                   1,
                   microsoft}),
              HasSubstr("its input 7, a scale, has no element"));
}

TEST(Quantisation, DynamicQuantizeLinearFindsItsOwnScale) {
  // The example of the operator's specification.
  EXPECT_EQ(run({"DynamicQuantizeLinear", {"float32[6] 0 2 -3 -2.5 1.34 0.5"}, {}, 3}),
            "uint8[6] 153 255 0 26 221 179 | float32[] 0.0196078 | uint8[] 153");
  EXPECT_EQ(run({"DynamicQuantizeLinear", {"float32[2] 0 0"}, {}, 3}),
            "uint8[2] 0 0 | float32[] 1 | uint8[] 0");
}

TEST(Quantisation, IntegerProductsAreExact) {
  // The examples of the operators' specifications.
  EXPECT_EQ(
      run({"ConvInteger", {"uint8[1,1,3,3] 2 3 4 5 6 7 8 9 10", "uint8[1,1,2,2] 1 1 1 1", "uint8[] 1"}}),
      "int32[1,1,2,2] 12 16 24 28");
  EXPECT_EQ(
      run({"MatMulInteger",
           {"uint8[4,3] 11 7 3 10 6 2 9 5 1 8 4 0", "uint8[3,2] 1 4 2 5 3 6", "uint8[1] 12", "uint8[1] 0"}}),
      "int32[4,2] -38 -83 -44 -98 -50 -113 -56 -128");
  EXPECT_EQ(run({"MatMulInteger", {"uint8[2,1] 1 2", "uint8[1,2] 3 4", "uint8[2] 1 1", "uint8[2] 0 1"}}),
            "int32[2,2] 0 0 3 3");
}

TEST(Quantisation, QLinearMatMulRescalesItsSums) {
  // The example of the operator's specification.
  EXPECT_EQ(run({"QLinearMatMul",
                 {"uint8[2,4] 208 236 0 238 3 214 255 29", "float32[] 0.0066", "uint8[] 113",
                  "uint8[4,3] 152 51 244 60 26 255 0 127 246 127 254 247", "float32[] 0.00705", "uint8[] 114",
                  "float32[] 0.0107", "uint8[] 118"}}),
            "uint8[2,3] 168 115 255 1 66 151");
}

TEST(Quantisation, QLinearConvHasAScalePerFilter) {
  // Channel 0: (2x + 1) * 0.5 * 1 / 0.25 + 10; channel 1: -x * 0.5 * 0.5 / 0.25 + 10.
  EXPECT_EQ(run({"QLinearConv",
                 {"uint8[1,1,2,2] 1 2 3 4", "float32[] 0.5", "uint8[] 0", "int8[2,1,1,1] 2 -1",
                  "float32[2] 1 0.5", "int8[2] 0 0", "float32[] 0.25", "uint8[] 10", "int32[2] 1 0"}}),
            "uint8[1,2,2,2] 16 20 24 28 9 8 7 6");
}

TEST(Quantisation, QGemmGivesRealNumbersOrWholeOnes) {
  // (3 - 1, 5 - 1) times [1 2; 3 4] is (14, 20), of which one is worth 0.5 * 2.
  const std::vector<std::string> inputs{"uint8[1,2] 3 5",     "float32[] 0.5", "uint8[] 1",
                                        "uint8[2,2] 1 2 3 4", "float32[] 2",   "uint8[] 0"};
  EXPECT_EQ(run({"QGemm", inputs, {}, 1, microsoft}), "float32[1,2] 14 20");
  auto more = inputs;
  more.insert(more.end(), {"int32[2] 1 -1", "float32[] 2", "uint8[] 3"});
  EXPECT_EQ(run({"QGemm", more, {}, 1, microsoft}), "uint8[1,2] 11 13");
  // Features are rows, one zero point each: (2, 4) times [1 2; 2 3] turned.
  EXPECT_EQ(run({"QGemm",
                 {"uint8[1,2] 3 5", "float32[] 0.5", "uint8[] 1", "uint8[2,2] 1 2 3 4", "float32[2] 2 4",
                  "uint8[2] 0 1"},
                 {attribute("transB", 1)},
                 1,
                 microsoft}),
            "float32[1,2] 10 32");
}

TEST(Quantisation, ElementwiseOperatorsComputeOnRealNumbers) {
  const std::vector<std::string> both{"uint8[2] 10 20", "float32[] 0.5", "uint8[] 0",     "uint8[1] 4",
                                      "float32[] 1",    "uint8[] 2",     "float32[] 0.5", "uint8[] 1"};
  EXPECT_EQ(run({"QLinearAdd", both, {}, 1, microsoft}), "uint8[2] 15 25");
  EXPECT_EQ(run({"QLinearMul", both, {}, 1, microsoft}), "uint8[2] 21 41");
  EXPECT_EQ(run({"QLinearSigmoid",
                 {"int8[1] 0", "float32[] 1", "int8[] 0", "float32[] 0.00390625", "int8[] -128"},
                 {},
                 1,
                 microsoft}),
            "int8[1] 0");
  EXPECT_EQ(run({"QLinearLeakyRelu",
                 {"int8[2] -4 4", "float32[] 1", "int8[] 0", "float32[] 1", "int8[] 0"},
                 {real_attribute("alpha", 0.5)},
                 1,
                 microsoft}),
            "int8[2] -2 4");
}

TEST(Quantisation, PoolsAndConcatComputeOnRealNumbers) {
  const std::vector<std::string> map{"uint8[1,1,2,2] 1 2 3 6", "float32[] 1", "uint8[] 0", "float32[] 0.5",
                                     "uint8[] 0"};
  EXPECT_EQ(run({"QLinearAveragePool", map, {attribute("kernel_shape", square(2))}, 1, microsoft}),
            "uint8[1,1,1,1] 6");
  EXPECT_EQ(run({"QLinearGlobalAveragePool", map, {}, 1, microsoft}), "uint8[1,1,1,1] 6");
  EXPECT_THAT(run({"QLinearGlobalAveragePool", map, {attribute("channels_last", 1)}, 1, microsoft}),
              HasSubstr("error: "));
  EXPECT_EQ(run({"QLinearConcat",
                 {"float32[] 1", "uint8[] 0", "uint8[1] 2", "float32[] 0.5", "uint8[] 0", "uint8[1] 3",
                  "float32[] 2", "uint8[] 1"},
                 {attribute("axis", 0)},
                 1,
                 microsoft}),
            "uint8[2] 1 4");
}

}  // namespace
}  // namespace ns
