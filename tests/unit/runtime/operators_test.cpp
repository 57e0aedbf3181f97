// Operators beyond those of the other files. Values by hand, or by numpy where a comment says so.
#include "node_run.hpp"

#include <gmock/gmock.h>

namespace ns {
namespace {

using Integers = std::vector<std::int64_t>;
using testing::HasSubstr;

TEST(Attention, WeighsValuesByTheSoftmaxOfScaledProducts) {
  const std::string unit = "float32[1,1,2,2] 1 0 0 1";
  // numpy
  EXPECT_EQ(run({"Attention", {unit, unit, "float32[1,1,2,2] 1 2 3 4"}}),
            "float32[1,1,2,2] 1.66048 2.66048 2.33952 3.33952");
  EXPECT_EQ(run({"Attention", {unit, unit, "float32[1,1,2,2] 1 2 3 4"}, {attribute("is_causal", 1)}}),
            "float32[1,1,2,2] 1 2 2.33952 3.33952");
}

TEST(Attention, MasksHideKeysAndEarlierOnesComeFirst) {
  const std::string one = "float32[1,1,1,1] 1";
  EXPECT_EQ(
      run({"Attention",
           {one, one, "float32[1,1,1,1] 5", "bool[1,2] 1 0", "float32[1,1,1,1] 2", "float32[1,1,1,1] 7"},
           {},
           3}),
      "float32[1,1,1,1] 7 | float32[1,1,2,1] 2 1 | float32[1,1,2,1] 7 5");
}

// As in ONNX's reference; ONNX Runtime makes 0.
TEST(Attention, AQueryFromWhichAllKeysAreHiddenMakesNothingThatIsANumber) {
  const std::vector<std::string> inputs{"float32[1,1,2,1] 1 1", "float32[1,1,2,1] 1 1",
                                        "float32[1,1,2,1] 5 7", "bool[2,2] 0 0 1 0"};
  EXPECT_THAT(run({"Attention", inputs}), HasSubstr("nan 5")) << "as a layer";
  EXPECT_THAT(run({"Attention", inputs, {}, 3}), HasSubstr("nan 5 |")) << "interpreted";
}

TEST(Attention, BeforeOpset24MasksBroadcastAndAreNotShort) {
  const auto with = [](const std::string& mask, std::int64_t opset) {
    return run({"Attention",
                {"float32[1,1,1,1] 1", "float32[1,1,3,1] 1 1 1", "float32[1,1,3,1] 3 5 10", mask},
                {},
                1,
                "",
                {},
                {},
                opset});
  };
  EXPECT_EQ(with("bool[1,1] 1", 24), "float32[1,1,1,1] 3") << "keys behind the mask are hidden";
  EXPECT_EQ(with("bool[1,1] 1", 23), "float32[1,1,1,1] 6");
  EXPECT_EQ(with("bool[1,2] 1 1", 24), "float32[1,1,1,1] 4");
  EXPECT_THAT(with("bool[1,2] 1 1", 23), HasSubstr("its mask does not go together with the scores"));
}

TEST(Attention, QueriesShareHeadsOfKeys) {
  EXPECT_EQ(run({"Attention",
                 {"float32[1,1,4] 1 2 3 4", "float32[1,1,2] 1 1", "float32[1,1,2] 8 9"},
                 {attribute("q_num_heads", 4), attribute("kv_num_heads", 2)}}),
            "float32[1,1,4] 8 8 9 9");
  EXPECT_THAT(run({"Attention", {"float32[1,3,1,1] 1 2 3", "float32[1,2,1,1] 1 1", "float32[1,2,1,1] 8 9"}}),
              HasSubstr("heads"));
}

TEST(LinearAttention, AddsKeysTimesValuesStepByStep) {
  const std::vector<onnx::Attribute> attributes{attribute("q_num_heads", 1), attribute("kv_num_heads", 1),
                                                text_attribute("update_rule", "linear"),
                                                real_attribute("scale", 1.0)};
  EXPECT_EQ(run({"LinearAttention",
                 {"float32[1,2,1] 1 2", "float32[1,2,1] 3 4", "float32[1,2,1] 5 6"},
                 attributes,
                 2}),
            "float32[1,2,1] 15 78 | float32[1,1,1,1] 39");
}

TEST(CausalConvolution, ReadsTheStateBeforeTheFirstStep) {
  EXPECT_EQ(run({"CausalConvWithState",
                 {"float32[1,1,3] 1 2 3", "float32[1,1,2] 10 1", "", "float32[1,1,1] 5"},
                 {},
                 2}),
            "float32[1,1,3] 51 12 23 | float32[1,1,1] 3");
}

TEST(RotaryEmbedding, TurnsPairsByTheAngleOfTheirPosition) {
  EXPECT_EQ(run({"RotaryEmbedding",
                 {"float32[1,1,1,2] 3 4", "float32[2,1] 1 0", "float32[2,1] 0 1", "int64[1,1] 1"}}),
            "float32[1,1,1,2] -4 3");
}

TEST(Sampling, GridsReadBetweenPixelsAndBeyondTheEdge) {
  const std::string image = "float32[1,1,1,2] 10 20";
  const std::string grid = "float32[1,1,3,2] 0 0 1 0 3 0";
  EXPECT_EQ(run({"GridSample", {image, grid}, {attribute("align_corners", 1)}}), "float32[1,1,1,3] 15 20 0");
  EXPECT_EQ(run({"GridSample",
                 {image, grid},
                 {attribute("align_corners", 1), text_attribute("padding_mode", "border")}}),
            "float32[1,1,1,3] 15 20 20");
  EXPECT_EQ(run({"GridSample",
                 {image, grid},
                 {attribute("align_corners", 1), text_attribute("padding_mode", "reflection")}}),
            "float32[1,1,1,3] 15 20 10");
}

TEST(Sampling, AnAffineGridOfTheUnitMatrixNamesTheMiddlesOfPixels) {
  EXPECT_EQ(run({"AffineGrid", {"float32[1,2,3] 1 0 0 0 1 0", "int64[4] 1 1 1 2"}}),
            "float32[1,1,2,2] -0.5 0 0.5 0");
}

TEST(Sampling, RegionsAreAveraged) {
  EXPECT_EQ(
      run({"RoiAlign",
           {"float32[1,1,2,2] 1 2 3 4", "float32[1,4] 0 0 2 2", "int64[1] 0"},
           {attribute("output_height", 1), attribute("output_width", 1), attribute("sampling_ratio", 2)}}),
      "float32[1,1,1,1] 2.5");
}

TEST(Sampling, DeformableConvolutionsReadWhereTheirOffsetsSay) {
  EXPECT_EQ(
      run({"DeformConv",
           {"float32[1,1,1,2] 10 20", "float32[1,1,1,1] 2", "float32[1,2,1,2] 0 0 0.5 0", "float32[1] 1"}}),
      "float32[1,1,1,2] 31 41");
}

TEST(Pools, TheSecondOutputNamesTheLargest) {
  const Integers kernel{1, 2};
  EXPECT_EQ(run({"MaxPool", {"float32[1,2,1,3] 1 3 2 6 5 4"}, {attribute("kernel_shape", kernel)}, 2}),
            "float32[1,2,1,2] 3 3 6 5 | int64[1,2,1,2] 1 1 3 4");
  EXPECT_EQ(
      run({"MaxUnpool", {"float32[1,1,1] 7", "int64[1,1,1] 2"}, {attribute("kernel_shape", Integers{3})}}),
      "float32[1,1,3] 0 0 7");
}

TEST(Pools, DilatedWindowsSkipElements) {
  const std::vector<onnx::Attribute> attributes{attribute("kernel_shape", Integers{2}),
                                                attribute("dilations", Integers{2})};
  EXPECT_EQ(run({"AveragePool", {"float32[1,1,4] 1 2 5 8"}, attributes}), "float32[1,1,2] 3 5");
  EXPECT_EQ(run({"MaxPool", {"float32[1,1,4] 1 2 5 8"}, attributes}), "float32[1,1,2] 5 8");
}

TEST(Pools, PowersAddUp) {
  EXPECT_EQ(run({"LpPool", {"float32[1,1,2] 3 -4"}, {attribute("kernel_shape", Integers{2})}}),
            "float32[1,1,1] 5");
  EXPECT_EQ(run({"GlobalLpPool", {"float32[1,1,2] 3 -4"}, {attribute("p", 1)}}), "float32[1,1,1] 7");
}

TEST(Pools, OverlappingBlocksAddUpInAnImage) {
  EXPECT_EQ(run({"Col2Im", {"float32[1,2,2] 1 2 3 4", "int64[1] 3", "int64[1] 2"}}), "float32[1,1,3] 1 5 4");
}

TEST(Norms, StatisticsAreOutputsToo) {
  EXPECT_EQ(run({"LayerNormalization",
                 {"float32[1,2] 1 3", "float32[2] 1 10", "float32[2] 0 1"},
                 {real_attribute("epsilon", 0.0)},
                 3}),
            "float32[1,2] -1 11 | float32[1,1] 2 | float32[1,1] 1");
}

TEST(Norms, InTrainingTheBatchsOwnStatisticsCount) {
  EXPECT_EQ(
      run({"BatchNormalization",
           {"float32[2,1] 1 3", "float32[1] 2", "float32[1] 5", "float32[1] 0", "float32[1] 3"},
           {attribute("training_mode", 1), real_attribute("epsilon", 0.0), real_attribute("momentum", 0.5)},
           3}),
      "float32[2,1] 3 7 | float32[1] 1 | float32[1] 2");
}

TEST(Norms, VectorsOfZerosStay) {
  EXPECT_EQ(run({"LpNormalization", {"float32[2,2] 3 4 0 0"}}), "float32[2,2] 0.6 0.8 0 0");
  EXPECT_EQ(run({"LpNormalization", {"float32[2] -1 3"}, {attribute("p", 1)}}), "float32[2] -0.25 0.75");
}

TEST(Norms, DropoutZeroesTheShareThatNumpyWould) {
  EXPECT_EQ(run({"Dropout", {"float32[2] 1 2"}, {}, 2}), "float32[2] 1 2 | bool[2] 1 1");
  // numpy.random.RandomState(0).uniform(size=6) >= 0.5
  EXPECT_EQ(
      run({"Dropout", {"float32[6] 1 1 1 1 1 1", "float32[] 0.5", "bool[] 1"}, {attribute("seed", 0)}, 2}),
      "float32[6] 2 2 2 2 0 2 | bool[6] 1 1 1 1 0 1");
}

TEST(Signals, TransformsOfOneSideAndBack) {
  // numpy.fft.rfft([1, 2, 4])
  EXPECT_EQ(run({"DFT", {"float32[1,3,1] 1 2 4"}, {attribute("onesided", 1)}}),
            "float32[1,2,2] 7 0 -2 1.73205");
  EXPECT_EQ(run({"DFT",
                 {"float32[1,2,2] 7 0 -2 1.7320508", "int64[] 3"},
                 {attribute("onesided", 1), attribute("inverse", 1)}}),
            "float32[1,3,1] 1 2 4");
}

TEST(Signals, FramesAreTransformedOneByOne) {
  EXPECT_EQ(run({"STFT", {"float32[1,3,1] 1 3 4", "int64[] 1", "float32[1] 2"}}),
            "float32[1,3,1,2] 2 0 6 0 8 0");
}

TEST(Signals, WindowsAreOfOnePeriodOrOneLess) {
  EXPECT_EQ(run({"HannWindow", {"int64[] 4"}}), "float32[4] 0 0.5 1 0.5");
  EXPECT_EQ(run({"HannWindow", {"int64[] 4"}, {attribute("periodic", 0)}}), "float32[4] 0 0.75 0.75 0");
}

TEST(Losses, PlacesOfAnIgnoredClassCountForNothing) {
  EXPECT_EQ(run({"NegativeLogLikelihoodLoss", {"float32[2,2] -1 -2 -3 -4", "int64[2] 1 0"}}),
            "float32[] 2.5");
  EXPECT_EQ(run({"NegativeLogLikelihoodLoss",
                 {"float32[2,2] -1 -2 -3 -4", "int64[2] 1 0", "float32[2] 1 3"},
                 {text_attribute("reduction", "sum"), attribute("ignore_index", 0)}}),
            "float32[] 6");
  // -log(e / (e + 1))
  EXPECT_EQ(run({"SoftmaxCrossEntropyLoss", {"float32[1,2] 1 0", "int64[1] 0"}}), "float32[] 0.313262");
  EXPECT_THAT(run({"NegativeLogLikelihoodLoss", {"float32[1,2] 1 0", "int64[1] 2"}}),
              HasSubstr("a class is not among its scores"));
}

TEST(Movement, TheMiddleIsCutOutOrSurrounded) {
  EXPECT_EQ(run({"CenterCropPad", {"float32[2,4] 1 2 3 4 5 6 7 8", "int64[2] 3 2"}}),
            "float32[3,2] 2 3 6 7 0 0");
}

TEST(Movement, CachesAreWrittenRoundTheirEnd) {
  const std::vector<onnx::Attribute> circular{attribute("axis", 1), text_attribute("mode", "circular")};
  EXPECT_EQ(run({"TensorScatter", {"float32[1,3] 1 2 3", "float32[1,2] 8 9", "int64[1] 2"}, circular}),
            "float32[1,3] 9 2 8");
  EXPECT_THAT(run({"TensorScatter",
                   {"float32[1,3] 1 2 3", "float32[1,2] 8 9", "int64[1] 2"},
                   {attribute("axis", 1)}}),
              HasSubstr("an index names no step of the cache"));
}

TEST(Movement, BitsAreTakenAsAnotherType) {
  EXPECT_EQ(run({"BitCast", {"float32[3] 1 -2 0"}, {attribute("to", 6)}}),
            "int32[3] 1.06535e+09 -1.07374e+09 0");
  EXPECT_EQ(run({"BitCast", {"int32[1] 1065353216"}, {attribute("to", 1)}}), "float32[1] 1");
  EXPECT_EQ(run({"BitCast", {"int8[2] -1 -128"}, {attribute("to", 2)}}), "uint8[2] 255 128");
}

TEST(Movement, PartsMayBeEmpty) {
  EXPECT_EQ(run({"Split", {"float32[0]", "int64[2] 0 0"}, {}, 2}), "float32[0] | float32[0]");
}

TEST(Algebra, DeterminantsSwapRowsWherePivotsAreZero) {
  EXPECT_EQ(run({"Det", {"float32[2,2] 0 2 3 4"}}), "float32[] -6");
  EXPECT_EQ(run({"Det", {"float32[2,1,1] 5 6"}}), "float32[2] 5 6");
}

TEST(Algebra, GemmTurnsScalesAndAdds) {
  EXPECT_EQ(run({"Gemm",
                 {"float32[2,1] 1 2", "float32[2,2] 1 2 3 4", "float32[1,1] 10"},
                 {attribute("transA", 1), real_attribute("alpha", 2.0), real_attribute("beta", 0.5)}}),
            "float32[1,2] 19 25");
}

TEST(Algebra, OfEqualOnesTheLastIsTakenIfAsked) {
  EXPECT_EQ(run({"ArgMax", {"float32[3] 2 1 2"}, {attribute("select_last_index", 1)}}), "int64[1] 2");
  EXPECT_EQ(
      run({"ArgMin", {"float32[3] 1 1 2"}, {attribute("select_last_index", 1), attribute("keepdims", 0)}}),
      "int64[] 1");
}

TEST(Algebra, ElementsOneByOne) {
  EXPECT_EQ(run({"PRelu", {"float32[2,2] -1 -2 3 -4", "float32[2,1] 0.5 0.25"}}),
            "float32[2,2] -0.5 -1 3 -1");
  EXPECT_EQ(run({"IsInf", {"float32[3] inf -inf 1"}, {attribute("detect_negative", 0)}}), "bool[3] 1 0 0");
  EXPECT_EQ(run({"CumProd", {"float32[3] 2 3 4", "int64[] 0"}}), "float32[3] 2 6 24");
  EXPECT_EQ(run({"CumProd",
                 {"float32[3] 2 3 4", "int64[] 0"},
                 {attribute("exclusive", 1), attribute("reverse", 1)}}),
            "float32[3] 12 4 1");
}

TEST(Conversion, WithoutSaturationTooLargeNumbersAreNone) {
  const std::vector<onnx::Attribute> exact{attribute("to", 17), attribute("saturate", 0)};
  EXPECT_EQ(run({"Cast", {"float32[4] 448 464 465 -1000"}, exact}), "float8e4m3fn[4] 448 448 nan nan");
  EXPECT_EQ(run({"Cast", {"float32[2] 57344 61440"}, {attribute("to", 19), attribute("saturate", 0)}}),
            "float8e5m2[2] 57344 inf");
  EXPECT_EQ(run({"Cast", {"float32[2] 1000 -1000"}, {attribute("to", 17)}}), "float8e4m3fn[2] 448 -448");
}

TEST(Conversion, QuantisationMayOverflowToo) {
  EXPECT_EQ(run({"QuantizeLinear",
                 {"float32[2] 100 1000", "float32[] 2", "float8e4m3fn[] 0"},
                 {attribute("saturate", 0)}}),
            "float8e4m3fn[2] 48 nan");
}

TEST(Conversion, PowersOfTwoAreRoundedAsAsked) {
  EXPECT_EQ(run({"Cast", {"float32[3] 1.1 2 3"}, {attribute("to", 24)}}), "float8e8m0[3] 2 2 4");
  EXPECT_EQ(
      run({"Cast", {"float32[3] 1.1 2 3"}, {attribute("to", 24), text_attribute("round_mode", "down")}}),
      "float8e8m0[3] 1 2 2");
  EXPECT_EQ(
      run({"Cast", {"float32[3] 1.1 1.5 3"}, {attribute("to", 24), text_attribute("round_mode", "nearest")}}),
      "float8e8m0[3] 1 2 4");
}

using Names = std::vector<std::string>;

TEST(Recurrent, SequencesEndBeforeTheLastStep) {
  EXPECT_EQ(run({"RNN",
                 {"float32[2,2,1] 1 2 3 4", "float32[1,1,1] 1", "float32[1,1,1] 10", "", "int32[2] 2 1"},
                 {attribute("hidden_size", 1), attribute("activations", Names{"Relu"})},
                 2}),
            "float32[2,1,2,1] 1 2 13 0 | float32[1,2,1] 13 2");
}

TEST(Recurrent, TheBatchMayStandInFront) {
  EXPECT_EQ(
      run({"RNN",
           {"float32[1,2,1] 1 3", "float32[1,1,1] 1", "float32[1,1,1] 10"},
           {attribute("hidden_size", 1), attribute("layout", 1), attribute("activations", Names{"Relu"})},
           2}),
      "float32[1,2,1,1] 1 13 | float32[1,1,1] 13");
}

TEST(Recurrent, PeepholesLookAtTheCell) {
  // Gates are the sums themselves: i = 1 + 1 * 2, f = 1 + 0 * 2, c = 1, cell = 1 * 2 + 3 * 1, o = 1 + 1 * 5.
  EXPECT_EQ(run({"LSTM",
                 {"float32[1,1,1] 1", "float32[1,4,1] 1 1 1 1", "float32[1,4,1] 0 0 0 0", "", "", "",
                  "float32[1,1,1] 2", "float32[1,3] 1 1 0"},
                 {attribute("hidden_size", 1), attribute("activations", Names{"Relu", "Relu", "Relu"})},
                 3}),
            "float32[1,1,1,1] 30 | float32[1,1,1] 30 | float32[1,1,1] 5");
}

TEST(Grams, CountsPairsThatAreInThePool) {
  EXPECT_EQ(
      run({"TfIdfVectorizer",
           {"int32[4] 1 2 1 2"},
           {attribute("max_gram_length", 2), attribute("min_gram_length", 1), attribute("max_skip_count", 1),
            text_attribute("mode", "TF"), attribute("ngram_counts", Integers{0, 1}),
            attribute("ngram_indexes", Integers{0, 1}), attribute("pool_int64s", Integers{1, 1, 1})}}),
      "float32[2] 2 1");
}

TEST(Resize, OutsideOfTheInputItIsTheNumberGiven) {
  EXPECT_EQ(run({"Resize",
                 {"float32[1,1,1,2] 10 20", "float32[8] 0 0 0 0 1 1 1 2", "", "int64[4] 1 1 1 3"},
                 {text_attribute("mode", "linear"),
                  text_attribute("coordinate_transformation_mode", "tf_crop_and_resize"),
                  real_attribute("extrapolation_value", 7.0)}}),
            "float32[1,1,1,3] 10 20 7");
}

}  // namespace
}  // namespace ns
