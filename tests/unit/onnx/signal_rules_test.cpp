#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

Fact texts(std::vector<std::string> elements) {
  auto fact = tensor(DType::string, Dims{static_cast<std::int64_t>(elements.size())});
  fact.value = std::make_shared<const Value>(std::move(elements));
  return fact;
}

TEST(DftRule, TransformsOneAxis) {
  EXPECT_EQ(RuleRun{"DFT"}.in({1, 10, 10, 1}).opset(17).set("axis", 1).shape(), "1x10x10x2");
  EXPECT_EQ(RuleRun{"DFT"}.in({1, 10, 12, 1}).set("onesided", 1).shape(), "1x10x7x2");
  EXPECT_EQ(RuleRun{"DFT"}.in({1, 10, 12, 1}).opset(17).set("onesided", 1).shape(), "1x6x12x2");
  EXPECT_EQ(RuleRun{"DFT"}.in({1, 10, 12, 1}).none().in(scalar_int(1)).set("onesided", 1).shape(),
            "1x6x12x2");
  EXPECT_EQ(RuleRun{"DFT"}.in({1, 10, 12, 1}).none().in({}, DType::int64).shape(), "?x?x?x2");
  EXPECT_EQ(RuleRun{"DFT"}.in({1, symbol("n"), 2}).set("inverse", 1).shape(), "1xnx2");
}

TEST(DftRule, PadsToALengthAndInvertsHalfASpectrum) {
  EXPECT_EQ(RuleRun{"DFT"}.in({1, 10, 1}).in(scalar_int(16)).shape(), "1x16x2");
  EXPECT_EQ(RuleRun{"DFT"}.in({1, 6, 2}).set("inverse", 1).set("onesided", 1).shape(), "1x10x1");
  EXPECT_EQ(RuleRun{"DFT"}.in({1, 6, 2}).in(scalar_int(11)).set("inverse", 1).set("onesided", 1).shape(),
            "1x11x1");
}

TEST(DftRule, RejectsTheAxisOfImaginaryParts) {
  EXPECT_THAT(RuleRun{"DFT"}.in({1, 10, 2}).none().in(scalar_int(-1)).shape(),
              HasSubstr("real and imaginary parts"));
}

TEST(StftRule, CountsFramesAndFrequencies) {
  EXPECT_EQ(RuleRun{"STFT"}.in({1, 128, 1}).in(scalar_int(8)).in({16}).shape(), "1x15x9x2");
  EXPECT_EQ(
      RuleRun{"STFT"}.in({1, 128, 1}).in(scalar_int(8)).none().in(scalar_int(16)).set("onesided", 0).shape(),
      "1x15x16x2");
  EXPECT_EQ(RuleRun{"STFT"}.in({2, Extent{}, 1}).in(scalar_int(8)).in({16}).shape(), "2x?x9x2");
  EXPECT_THAT(RuleRun{"STFT"}.in({1, 8, 1}).in(scalar_int(8)).in({16}).shape(),
              HasSubstr("a frame of 16 is longer"));
  EXPECT_THAT(RuleRun{"STFT"}.in({1, 80, 1}).in(scalar_int(0)).in({16}).shape(), HasSubstr("at least 1"));
}

TEST(MelWeightMatrixRule, HasARowForEachFrequency) {
  const auto ran = RuleRun{"MelWeightMatrix"}.in(scalar_int(8)).in(scalar_int(16)).in(scalar_int(8192)).run();
  EXPECT_EQ(ran.shape(), "9x8");
  EXPECT_EQ(ran.dtype(), DType::float32);
}

TEST(RfftRule, IsTheContribFormOfATransform) {
  EXPECT_EQ(RuleRun("Rfft", "com.microsoft").in({3, 16}).set("onesided", 1).shape(), "3x9x2");
  EXPECT_EQ(RuleRun("Irfft", "com.microsoft").in({3, 9, 2}).set("onesided", 1).shape(), "3x16");
}

TEST(StringConcatRule, Broadcasts) {
  const auto ran = RuleRun{"StringConcat"}.in({3, 1}, DType::string).in({4}, DType::string).run();
  EXPECT_EQ(ran.shape(), "3x4");
  EXPECT_EQ(ran.dtype(), DType::string);
}

TEST(StringSplitRule, HasAsManyPartsAsTheTextWithMost) {
  EXPECT_EQ(RuleRun{"StringSplit"}.in(texts({"abc.com", "x.y.z"})).set("delimiter", ".").shape(), "2x3");
  EXPECT_EQ(
      RuleRun{"StringSplit"}.in(texts({"abc.com", "x.y.z"})).set("delimiter", ".").set("maxsplit", 1).shape(),
      "2x2");
  EXPECT_EQ(RuleRun{"StringSplit"}.in(texts({"  hello   there world ", "o"})).shape(), "2x3");
  EXPECT_EQ(RuleRun{"StringSplit"}.in(texts({"  hello   there world ", "o"})).set("maxsplit", 1).shape(),
            "2x2");
  EXPECT_EQ(RuleRun{"StringSplit"}.in(texts({"", "a,,b"})).set("delimiter", ",").shape(), "2x3");
  const auto unknown = RuleRun{"StringSplit"}.in({2, 3}, DType::string).outputs(2).run();
  EXPECT_EQ(unknown.shape(0), "2x3x?");
  EXPECT_EQ(unknown.shape(1), "2x3");
  EXPECT_EQ(unknown.dtype(1), DType::int64);
}

TEST(StringNormalizerRule, TakesStopWordsOut) {
  const auto days = [] { return RuleRun{"StringNormalizer"}.in(texts({"monday", "Tuesday", "Monday"})); };
  EXPECT_EQ(days().shape(), "3");
  EXPECT_EQ(days().set_texts("stopwords", {"monday"}).set("is_case_sensitive", 1).shape(), "2");
  EXPECT_EQ(days().set_texts("stopwords", {"monday"}).shape(), "1");
  EXPECT_EQ(days().set_texts("stopwords", {"monday", "tuesday"}).shape(), "1");
  const auto unknown =
      RuleRun{"StringNormalizer"}.in({1, 3}, DType::string).set_texts("stopwords", {"monday"}).run();
  EXPECT_EQ(unknown.shape(), "1x?");
  EXPECT_EQ(to_string(*unknown.outputs[0].most), "1x3");
}

TEST(RegexFullMatchRule, KeepsTheShape) {
  EXPECT_EQ(RuleRun{"RegexFullMatch"}.in({2, 3}, DType::string).run().dtype(), DType::boolean);
}

TEST(TfIdfVectorizerRule, HasAPlaceForTheLargestIndex) {
  const std::vector<std::int64_t> indexes{0, 1, 6, 2, 3};
  EXPECT_EQ(RuleRun{"TfIdfVectorizer"}.in({12}, DType::int32).set("ngram_indexes", indexes).shape(), "7");
  EXPECT_EQ(RuleRun{"TfIdfVectorizer"}.in({2, 6}, DType::int32).set("ngram_indexes", indexes).shape(), "2x7");
  const std::vector<std::int64_t> endless{std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(RuleRun{"TfIdfVectorizer"}.in({12}, DType::int32).set("ngram_indexes", endless).shape(), "?");
}

}  // namespace
}  // namespace ns::onnx
