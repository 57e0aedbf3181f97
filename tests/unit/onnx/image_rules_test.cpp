#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

Fact bytes_of(std::string_view file) {
  std::vector<Extent> bytes;
  for (const char byte : file) bytes.emplace_back(static_cast<unsigned char>(byte));
  const Extent count{static_cast<std::int64_t>(bytes.size())};
  return integers(DType::uint8, Dims{count}, std::move(bytes));
}

Fact no_scales() { return reals(DType::float32, Dims{0}, {}); }

TEST(ResizeRule, MultipliesByScalesInFloatAsOnnxRuntimeDoes) {
  const auto resized = [](double scale) {
    return RuleRun{"Resize"}
        .in({1, 1, 706, 10})
        .none()
        .in(reals_vector({1.0, 1.0, scale, 1.0}))
        .opset(13)
        .shape();
  };
  // ONNX Runtime 1.32 makes 223 of 706 x 0.31728044152259827, and 224 of the next larger float.
  EXPECT_EQ(resized(0.31728044152259827), "1x1x223x10");
  EXPECT_EQ(resized(0.31728047132492065), "1x1x224x10");
  EXPECT_EQ(resized(2.5), "1x1x1765x10");
}

TEST(ResizeRule, TakesSizesWhereScalesAreLeftOutOrEmpty) {
  EXPECT_EQ(RuleRun{"Resize"}.in({1, 3, 8, 8}).none().none().in(vector_of({1, 3, 5, 7})).shape(), "1x3x5x7");
  EXPECT_EQ(RuleRun{"Resize"}
                .in({1, 3, 8, 8})
                .in(no_scales())
                .in(no_scales())
                .in(vector_of({1, 3, symbol("h"), 7}))
                .opset(11)
                .shape(),
            "1x3xhx7");
}

TEST(ResizeRule, TakesScalesAsSecondInputInItsFirstVersion) {
  EXPECT_EQ(RuleRun{"Resize"}.in({1, 3, 8, 9}).in(reals_vector({1, 1, 0.5, 0.5})).opset(10).shape(),
            "1x3x4x4");
}

TEST(ResizeRule, KeepsProportionsAsTheSmallestOrLargestSizeAsks) {
  // ONNX Runtime 1.32: 7x9 within 5x4 along axes 3 and 2 is 4x5, and at least 1x1x5x4 is 7x9.
  const auto resized = [](const char* policy, std::vector<Extent> sizes, std::vector<std::int64_t> axes) {
    return RuleRun{"Resize"}
        .in({1, 1, 7, 9})
        .none()
        .none()
        .in(vector_of(std::move(sizes)))
        .set("axes", std::move(axes))
        .set("keep_aspect_ratio_policy", policy)
        .shape();
  };
  EXPECT_EQ(resized("not_larger", {5, 4}, {3, 2}), "1x1x4x5");
  EXPECT_EQ(resized("not_smaller", {1, 1, 5, 4}, {0, 1, 2, 3}), "1x1x7x9");
  EXPECT_EQ(resized("not_larger", {Extent{}, 4}, {3, 2}), "1x1x?x?");
}

TEST(ResizeRule, DoesNotKnowSizesOfMoreThan64Bits) {
  constexpr auto largest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(RuleRun{"Resize"}
                .in({1, 9})
                .none()
                .none()
                .in(vector_of({largest, 1}))
                .set("keep_aspect_ratio_policy", "not_smaller")
                .shape(),
            "?x?");
}

TEST(ResizeRule, ScalesSymbolsWhereTheResultIsExact) {
  const auto resized = [](double scale) {
    return RuleRun{"Resize"}.in({symbol("h")}).none().in(reals_vector({scale})).shape();
  };
  EXPECT_EQ(resized(1.0), "h");
  EXPECT_EQ(resized(2.0), "2*h");
  EXPECT_THAT(resized(0.5), HasSubstr("h"));
  EXPECT_EQ(resized(1.5), "?");
  EXPECT_EQ(resized(0.3), "?");
}

TEST(ResizeRule, LeavesOtherAxesAloneAndCountsTheListedOnes) {
  EXPECT_EQ(RuleRun{"Resize"}
                .in({2, 3, 8, 8})
                .none()
                .in(reals_vector({2.0}))
                .set("axes", std::vector<std::int64_t>{-2})
                .shape(),
            "2x3x16x8");
  EXPECT_THAT(RuleRun{"Resize"}.in({2, 3, 8, 8}).none().in(reals_vector({2.0})).shape(),
              HasSubstr("1 scale is given for 4 axes"));
  EXPECT_THAT(RuleRun{"Resize"}.in({8}).none().in(reals_vector({-2.0})).shape(),
              HasSubstr("must be above 0"));
  EXPECT_THAT(RuleRun{"Resize"}.in({8}).shape(), HasSubstr("neither scales nor sizes"));
}

TEST(ResizeRule, KnowsTheRankWhereSizesAreNotKnown) {
  EXPECT_EQ(RuleRun{"Resize"}.in({1, 3, 8, 8}).none().none().in({4}, DType::int64).shape(), "?x?x?x?");
  EXPECT_EQ(RuleRun{"Resize"}.in(unknown_rank()).none().none().in(vector_of({1, 3, 5, 7})).shape(),
            "1x3x5x7");
}

TEST(UpsampleRule, TakesScalesFromAttributesOrAnInput) {
  EXPECT_EQ(
      RuleRun{"Upsample"}.in({1, 1, 2, 2}).set("height_scale", 2.0).set("width_scale", 3.0).opset(1).shape(),
      "1x1x4x6");
  EXPECT_EQ(RuleRun{"Upsample"}.in({1, 1, 2, 2}).set_reals("scales", {1, 1, 2, 3}).opset(7).shape(),
            "1x1x4x6");
  EXPECT_EQ(RuleRun{"Upsample"}.in({1, 1, 2, 2}).in(reals_vector({1, 1, 2, 3})).opset(9).shape(), "1x1x4x6");
}

TEST(GridSampleRule, TakesExtentsFromTheGrid) {
  EXPECT_EQ(RuleRun{"GridSample"}.in({2, 3, 8, 8}).in({2, 4, 5, 2}).shape(), "2x3x4x5");
  EXPECT_EQ(RuleRun{"GridSample"}.in({2, 3, 8, 8, 8}).in({2, 4, 5, 6, 3}).shape(), "2x3x4x5x6");
  EXPECT_EQ(RuleRun{"GridSample"}.in(unknown_rank()).in({2, 4, 5, 2}).shape(), "2x?x4x5");
  EXPECT_THAT(RuleRun{"GridSample"}.in({2, 3, 8, 8}).in({2, 4, 5}).shape(), HasSubstr("as many axes"));
}

TEST(AffineGridRule, MakesAPositionForEachPlace) {
  EXPECT_EQ(RuleRun{"AffineGrid"}.in({2, 2, 3}).in(vector_of({2, 3, 5, 6})).shape(), "2x5x6x2");
  EXPECT_EQ(RuleRun{"AffineGrid"}.in({2, 3, 4}).in(vector_of({2, 3, 4, 5, 6})).shape(), "2x4x5x6x3");
  EXPECT_EQ(RuleRun{"AffineGrid"}.in({2, 2, 3}).in(unknown_rank(DType::int64)).shape(), "2x?x?x2");
}

TEST(DepthToSpaceRule, MovesDepthIntoBlocksAndBack) {
  EXPECT_EQ(RuleRun{"DepthToSpace"}.in({1, 8, 2, 3}).set("blocksize", 2).shape(), "1x2x4x6");
  EXPECT_EQ(RuleRun{"SpaceToDepth"}.in({1, 2, 4, 6}).set("blocksize", 2).shape(), "1x8x2x3");
  EXPECT_EQ(RuleRun{"DepthToSpace"}.in({symbol("n"), 8, symbol("h"), 3}).set("blocksize", 2).shape(),
            "nx2x2*hx6");
  EXPECT_THAT(RuleRun{"SpaceToDepth"}.in({1, 2, 5, 6}).set("blocksize", 2).shape(),
              HasSubstr("2 does not divide its axis 2"));
  EXPECT_THAT(RuleRun{"DepthToSpace"}.in({1, 8, 2, 3}).shape(), HasSubstr("blocksize"));
}

TEST(NonMaxSuppressionRule, BoundsTheBoxesThatMayBeLeft) {
  for (const auto& limit : {scalar_int(2), vector_of({2})}) {
    const auto ran = RuleRun{"NonMaxSuppression"}.in({1, 6, 4}).in({1, 1, 6}).in(limit).in({1}).run();
    EXPECT_EQ(ran.shape(), "?x3");
    EXPECT_EQ(ran.dtype(), DType::int64);
    EXPECT_EQ(to_string(*ran.outputs[0].most), "2x3");
    EXPECT_TRUE(ran.outputs[0].on_data);
  }
  const auto few = RuleRun{"NonMaxSuppression"}.in({2, 6, 4}).in({2, 3, 6}).in(scalar_int(100)).run();
  EXPECT_EQ(to_string(*few.outputs[0].most), "36x3");
  const auto unlimited = RuleRun{"NonMaxSuppression"}.in({1, 6, 4}).in({1, 2, 6}).in({}, DType::int64).run();
  EXPECT_EQ(to_string(*unlimited.outputs[0].most), "12x3");
  EXPECT_EQ(RuleRun{"NonMaxSuppression"}.in({1, 6, 4}).in({1, 1, 6}).shape(), "0x3");
}

TEST(CenterCropPadRule, SetsTheListedAxes) {
  EXPECT_EQ(RuleRun{"CenterCropPad"}.in({20, 10, 3}).in(vector_of({10, 7, 3})).shape(), "10x7x3");
  EXPECT_EQ(RuleRun{"CenterCropPad"}
                .in({3, 20, 10})
                .in(vector_of({10, 9}))
                .set("axes", std::vector<std::int64_t>{-2, -1})
                .shape(),
            "3x10x9");
  EXPECT_EQ(RuleRun{"CenterCropPad"}.in({3, 20}).in({2}, DType::int64).shape(), "?x?");
}

using std::string_view_literals::operator""sv;

TEST(ImageDecoderRule, ReadsTheSizeFromAFilesHead) {
  const auto decoded = [](std::string_view file) {
    return RuleRun{"ImageDecoder"}.in(bytes_of(file)).shape();
  };
  // Heads of pictures 3 wide and 2 high.
  EXPECT_EQ(decoded("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0"sv), "2x3x3");
  EXPECT_EQ(decoded("P6\n# made by hand\n3 2\n255\n"), "2x3x3");
  EXPECT_EQ(decoded("BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x03\0\0\0\xfe\xff\xff\xff\x01\0\x18\0"sv),
            "2x3x3");
  EXPECT_EQ(decoded("\xff\xd8\xff\xe0\0\x04JF\xff\xc0\0\x11\x08\0\x02\0\x03\x03\0\0\0\0"sv), "2x3x3");
  EXPECT_EQ(
      decoded("II\x2a\0\x08\0\0\0\x02\0\0\x01\x03\0\x01\0\0\0\x03\0\0\0\x01\x01\x04\0\x01\0\0\0\x02\0\0\0"sv),
      "2x3x3");
  EXPECT_EQ(decoded("RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f\x02\x40\0\0"sv), "2x3x3");
  EXPECT_EQ(RuleRun{"ImageDecoder"}.in(bytes_of("P5 3 2 255 ")).set("pixel_format", "Grayscale").shape(),
            "2x3x1");
}

TEST(ImageDecoderRule, KnowsTheChannelsOfWhatItCannotRead) {
  EXPECT_EQ(RuleRun{"ImageDecoder"}.in({100}, DType::uint8).shape(), "?x?x3");
  for (const auto* const file :
       {"", "BM", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "II*", "RIFF....WEBP", "P6 -3 2", "GIF89a"})
    EXPECT_EQ(RuleRun{"ImageDecoder"}.in(bytes_of(file)).shape(), "?x?x3") << file;
}

TEST(CropAndResizeRule, MakesOnePieceForEachRegion) {
  EXPECT_EQ(RuleRun("CropAndResize", "com.microsoft")
                .in({1, 3, 8, 8})
                .in({5, 4})
                .in({5}, DType::int32)
                .in(vector_of({7, 6}))
                .shape(),
            "5x3x7x6");
}

}  // namespace
}  // namespace ns::onnx
