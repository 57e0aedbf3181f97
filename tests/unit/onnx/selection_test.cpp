#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace ns::onnx {
namespace {

using testing::HasSubstr;
using Numbers = std::vector<std::int64_t>;

const Extent unknown;
constexpr auto endless = std::numeric_limits<std::int64_t>::max();

Fact matrix() { return integers(DType::int64, {2, 3}, {1, 2, 3, 4, 5, 6}); }

RuleRun slice(Fact data, std::vector<Extent> starts, std::vector<Extent> ends) {
  return RuleRun{"Slice"}.in(std::move(data)).in(vector_of(std::move(starts))).in(vector_of(std::move(ends)));
}

TEST(Gather, PutsIndicesInPlaceOfTheAxis) {
  EXPECT_EQ(RuleRun{"Gather"}.in({5, 6, 7}).in({2, 3}, DType::int64).set("axis", 1).shape(), "5x2x3x7");
  EXPECT_EQ(RuleRun{"Gather"}.in({5, 6}).in(scalar_int(0)).shape(), "6");
  EXPECT_EQ(RuleRun{"Gather"}.in({5, 6}).in(unknown_rank(DType::int64)).shape(), "rank?");
  EXPECT_THAT(RuleRun{"Gather"}.in({5}).in(scalar_int(0)).set("axis", 1).shape(), HasSubstr("axis 1"));
}

TEST(Gather, TakesValues) {
  EXPECT_EQ(RuleRun{"Gather"}.in(vector_of({symbol("n"), 3})).in(scalar_int(-2)).value(), "n");
  EXPECT_EQ(RuleRun{"Gather"}.in(matrix()).in(vector_of({2, 0})).set("axis", 1).value(), "3 1 6 4");
  EXPECT_EQ(RuleRun{"Gather"}.in(vector_of({1, 2})).in(vector_of({unknown, 1})).value(), "? 2");
  EXPECT_EQ(RuleRun{"Gather"}.in(vector_of({1, 2})).in(scalar_int(9)).value(), "?");
  EXPECT_EQ(RuleRun{"Gather"}.in(reals_vector({0.5, 1.5})).in(scalar_int(1)).value(), "1.500000");
}

TEST(GatherElements, HasTheShapeOfItsIndices) {
  EXPECT_EQ(RuleRun{"GatherElements"}.in({5, 6}).in({2, 6}, DType::int64).shape(), "2x6");
  const auto indices = integers(DType::int64, {2, 1}, {2, 0});
  EXPECT_EQ(RuleRun{"GatherElements"}.in(matrix()).in(indices).set("axis", 1).value(), "3 4");
}

TEST(GatherNd, TakesTheAxesThatIndicesLeave) {
  EXPECT_EQ(RuleRun{"GatherND"}.in({4, 5, 6}).in({7, 2}, DType::int64).shape(), "7x6");
  EXPECT_EQ(RuleRun{"GatherND"}.in({4, 5, 6}).in({4, 7, 1}, DType::int64).set("batch_dims", 1).shape(),
            "4x7x6");
  EXPECT_EQ(RuleRun{"GatherND"}.in(matrix()).in(integers(DType::int64, {2, 2}, {0, 1, 1, -1})).value(),
            "2 6");
  EXPECT_THAT(RuleRun{"GatherND"}.in({4}).in({7, 2}, DType::int64).shape(), HasSubstr("more axes"));
}

TEST(Scatter, KeepsTheShapeAndReplacesValues) {
  EXPECT_EQ(RuleRun{"ScatterElements"}.in({4, 5}).in({2, 5}, DType::int64).in({2, 5}).shape(), "4x5");
  EXPECT_EQ(
      RuleRun{"ScatterElements"}.in(vector_of({1, 2, 3})).in(vector_of({-1})).in(vector_of({9})).value(),
      "1 2 9");
  const auto place = integers(DType::int64, {1, 1}, {0});
  EXPECT_EQ(RuleRun{"ScatterND"}.in(vector_of({1, 2})).in(place).in(vector_of({symbol("n")})).value(), "n 2");
  EXPECT_EQ(RuleRun{"ScatterND"}.in(vector_of({1, 2})).in({1, 1}, DType::int64).in(vector_of({7})).value(),
            "none");
}

TEST(Slice, FollowsNumpy) {
  EXPECT_EQ(slice(tensor(DType::float32, Dims{10, 8}), {1}, {endless}).shape(), "9x8");
  EXPECT_EQ(slice(tensor(DType::float32, Dims{10}), {-3}, {endless}).shape(), "3");
  EXPECT_EQ(slice(tensor(DType::float32, Dims{10}), {7}, {3}).shape(), "0");
  EXPECT_EQ(
      slice(tensor(DType::float32, Dims{10}), {-1}, {-11}).in(vector_of({0})).in(vector_of({-3})).shape(),
      "4");
  EXPECT_EQ(slice(vector_of({0, 1, 2, 3, 4}), {4}, {-endless}).in(vector_of({0})).in(vector_of({-2})).value(),
            "4 2 0");
  EXPECT_EQ(slice(matrix(), {1}, {3}).in(vector_of({1})).value(), "2 3 5 6");
  EXPECT_EQ(RuleRun{"Slice"}
                .opset(9)
                .in({4, 6})
                .set("starts", Numbers{2})
                .set("ends", Numbers{5})
                .set("axes", Numbers{1})
                .shape(),
            "4x3");
}

TEST(Slice, GoesBackwardAsOnnxRuntimeDoes) {
  const auto backward = [](std::int64_t begin, std::int64_t end, std::int64_t step) {
    return slice(vector_of({0, 1, 2, 3, 4}), {begin}, {end}).in(vector_of({0})).in(vector_of({step})).value();
  };
  // A begin before the axis is its first element, not nothing as in numpy.
  EXPECT_EQ(backward(-14, -endless, -2), "0");
  EXPECT_EQ(backward(3, endless, -1), "3 2 1 0");
  EXPECT_EQ(
      slice(tensor(DType::float32, Dims{0}), {-1}, {-endless}).in(vector_of({0})).in(vector_of({-1})).shape(),
      "0");
}

TEST(Slice, KeepsSymbols) {
  const auto sequence = [] { return tensor(DType::float32, Dims{1, symbol("s"), 8}); };
  EXPECT_EQ(slice(sequence(), {0}, {endless}).in(vector_of({1})).shape(), "1xsx8");
  EXPECT_EQ(slice(sequence(), {1}, {endless}).in(vector_of({1})).shape(), "1xs - 1x8");
  EXPECT_EQ(slice(sequence(), {-1}, {endless}).in(vector_of({1})).shape(), "1x1x8");
  EXPECT_EQ(slice(sequence(), {0}, {-1}).in(vector_of({1})).shape(), "1xs - 1x8");
  EXPECT_EQ(slice(sequence(), {0}, {symbol("s")}).in(vector_of({1})).shape(), "1xsx8");
  EXPECT_EQ(slice(sequence(), {-1}, {-endless}).in(vector_of({1})).in(vector_of({-1})).shape(), "1xsx8");
}

TEST(Slice, BoundsWhatItCannotKnow) {
  const auto ran = slice(tensor(DType::float32, Dims{1, 9}), {0}, {unknown}).in(vector_of({1})).run();
  EXPECT_EQ(ran.shape(), "1x?");
  ASSERT_TRUE(ran.outputs[0].most);
  EXPECT_EQ(to_string(*ran.outputs[0].most), "1x9");
  EXPECT_EQ(slice(tensor(DType::float32, Dims{3, 9}), {0}, {1}).in({1}, DType::int64).shape(), "?x?");
  EXPECT_THAT(slice(tensor(DType::float32, Dims{3}), {0}, {1}).in(vector_of({0})).in(vector_of({0})).shape(),
              HasSubstr("step of axis 0 is 0"));
}

TEST(Split, DividesAnAxis) {
  const auto run = [](RuleRun& node, std::size_t outputs) {
    const auto ran = node.outputs(outputs).run();
    std::string text;
    for (std::size_t i = 0; i < (ran.error.empty() ? outputs : 1); ++i)
      text += (i == 0 ? "" : " ") + ran.shape(i);
    return text;
  };
  EXPECT_EQ(run(RuleRun{"Split"}.in({6, 2}), 3), "2x2 2x2 2x2");
  EXPECT_EQ(run(RuleRun{"Split"}.in({7, 2}).set("num_outputs", 3), 3), "3x2 3x2 1x2");
  EXPECT_EQ(run(RuleRun{"Split"}.in({2, 7}).in(vector_of({3, 4})).set("axis", -1), 2), "2x3 2x4");
  // As many parts as no memory holds, of which two are named.
  EXPECT_EQ(run(RuleRun{"Split"}.in({7, 2}).set("num_outputs", std::int64_t{1} << 60U), 2), "1x2 1x2");
  EXPECT_EQ(run(RuleRun{"Split"}.opset(2).in({4}).set("split", Numbers{1, 3}), 2), "1 3");
  EXPECT_EQ(run(RuleRun{"Split"}.in({symbol("n"), 4}).set("axis", 1), 2), "nx2 nx2");
  EXPECT_THAT(run(RuleRun{"Split"}.in({7}).in(vector_of({3, 3})), 2),
              HasSubstr("add up to 6; the axis has 7"));
  const auto values =
      RuleRun{"Split"}.in(vector_of({1, symbol("n"), 3})).in(vector_of({1, 2})).outputs(2).run();
  EXPECT_EQ(values.value(1), "n 3");
}

TEST(Concat, AddsExtentsAndJoinsValues) {
  EXPECT_EQ(RuleRun{"Concat"}.in({1, 3, 4}).in({1, 5, 4}).set("axis", 1).shape(), "1x8x4");
  EXPECT_EQ(RuleRun{"Concat"}.in({1, unknown}).in({symbol("n"), 5}).set("axis", -2).shape(), "n + 1x5");
  EXPECT_EQ(RuleRun{"Concat"}
                .in(vector_of({symbol("n")}))
                .in({2}, DType::int64)
                .in(vector_of({4}))
                .set("axis", 0)
                .value(),
            "n ? ? 4");
  EXPECT_EQ(RuleRun{"Concat"}.in(vector_of({})).in(vector_of({1, 2})).set("axis", 0).value(), "1 2");
  EXPECT_EQ(RuleRun{"Concat"}.in(matrix()).in(matrix()).set("axis", 1).value(), "1 2 3 1 2 3 4 5 6 4 5 6");
}

TEST(Concat, NamesTheInputsThatDoNotFit) {
  EXPECT_EQ(
      RuleRun{"Concat"}.in({1, 64, 35, 35}).in({1, 32, 33, 33}).set("axis", 1).shape(),
      "node 'it' (Concat): input 2 is 1x32x33x33, input 1 is 1x64x35x35; they may differ only on axis 1");
}

TEST(Pad, AddsToBothEnds) {
  EXPECT_EQ(RuleRun{"Pad"}.in({1, 3, 8}).in(vector_of({0, 0, 1, 0, 0, 2})).shape(), "1x3x11");
  EXPECT_EQ(RuleRun{"Pad"}.in({1, 3, 8}).in(vector_of({1, -2})).none().in(vector_of({-1})).shape(), "1x3x7");
  EXPECT_EQ(RuleRun{"Pad"}.opset(2).in({4}).set("pads", Numbers{1, 1}).shape(), "6");
  EXPECT_EQ(RuleRun{"Pad"}.opset(1).in({4}).set("paddings", Numbers{1, 0}).shape(), "5");
  EXPECT_EQ(RuleRun{"Pad"}.in({1, 8}).in({4}, DType::int64).shape(), "?x?");
  EXPECT_THAT(RuleRun{"Pad"}.in({4}).in(vector_of({1})).shape(), HasSubstr("1 pad is given"));
  EXPECT_THAT(RuleRun{"Pad"}.in({4}).in(vector_of({-3, -3})).shape(), HasSubstr("take more of axis 0"));
}

TEST(Pad, PadsValues) {
  EXPECT_EQ(RuleRun{"Pad"}.in(vector_of({1, 2})).in(vector_of({1, 2})).value(), "0 1 2 0 0");
  EXPECT_EQ(RuleRun{"Pad"}.in(vector_of({1, 2})).in(vector_of({1, 0})).in(scalar_int(9)).value(), "9 1 2");
  EXPECT_EQ(RuleRun{"Pad"}.in(vector_of({1, 2, 3})).in(vector_of({2, 1})).set("mode", "reflect").value(),
            "3 2 1 2 3 2");
  EXPECT_EQ(RuleRun{"Pad"}.in(vector_of({1, 2})).in(vector_of({1, 1})).set("mode", "edge").value(),
            "1 1 2 2");
  EXPECT_EQ(RuleRun{"Pad"}.in(vector_of({1, 2})).in(vector_of({1, 1})).set("mode", "wrap").value(),
            "2 1 2 1");
}

TEST(TopK, HasKElements) {
  EXPECT_EQ(RuleRun{"TopK"}.in({2, 9}).in(vector_of({4})).shape(), "2x4");
  EXPECT_EQ(RuleRun{"TopK"}.opset(1).in({2, 9}).set("k", 3).set("axis", 0).shape(),
            "node 'it' (TopK): k is 3; axis 0 of input 'input0' (2x9) has fewer");
  const auto ran = RuleRun{"TopK"}.in({2, 9}).in({1}, DType::int64).outputs(2).run();
  EXPECT_EQ(ran.shape(1), "2x?");
  EXPECT_EQ(to_string(*ran.outputs[0].most), "2x9");
}

TEST(OneHot, AddsAnAxis) {
  EXPECT_EQ(RuleRun{"OneHot"}.in({2, 3}, DType::int64).in(scalar_int(10)).in({2}).shape(), "2x3x10");
  EXPECT_EQ(
      RuleRun{"OneHot"}.in({2, 3}, DType::int64).in(reals_vector({10.0})).in({2}).set("axis", 0).shape(),
      "10x2x3");
}

TEST(NonZero, IsBoundedByItsInput) {
  const auto ran = RuleRun{"NonZero"}.in({2, 3}).run();
  EXPECT_EQ(ran.shape(), "2x?");
  EXPECT_TRUE(ran.outputs[0].on_data);
  EXPECT_EQ(to_string(*ran.outputs[0].most), "2x6");
}

TEST(NonZero, KnowsTheIndicesOfKnownValues) {
  EXPECT_EQ(RuleRun{"NonZero"}.in(integers(DType::int64, {2, 2}, {0, 5, 7, 0})).value(), "0 1 1 0");
}

TEST(Compress, CountsAKnownCondition) {
  const auto two = integers(DType::boolean, {3}, {1, 0, 1});
  EXPECT_EQ(RuleRun{"Compress"}.in({4, 3}).in(two).set("axis", 1).shape(), "4x2");
  const auto ran = RuleRun{"Compress"}.in({4, 3}).in({5}, DType::boolean).run();
  EXPECT_EQ(ran.shape(), "?");
  EXPECT_EQ(to_string(*ran.outputs[0].most), "5");
}

TEST(Unique, KnowsHowManyInversesThereAre) {
  const auto ran = RuleRun{"Unique"}.in({4, 3}).outputs(4).run();
  EXPECT_EQ(ran.shape(0), "?");
  EXPECT_EQ(ran.shape(2), "12");
  EXPECT_EQ(RuleRun{"Unique"}.in({4, 3}).set("axis", 1).shape(), "4x?");
}

TEST(ConstantOfShape, HasTheShapeThatItIsGiven) {
  EXPECT_EQ(RuleRun{"ConstantOfShape"}.in(vector_of({symbol("n"), 3})).shape(), "nx3");
  EXPECT_EQ(RuleRun{"ConstantOfShape"}.in(vector_of({2})).value(), "0.000000 0.000000");
  EXPECT_EQ(RuleRun{"ConstantOfShape"}.in({2}, DType::int64).shape(), "?x?");
  EXPECT_THAT(RuleRun{"ConstantOfShape"}.in(vector_of({-1})).shape(), HasSubstr("negative extent"));
}

TEST(Range, CountsSteps) {
  EXPECT_EQ(RuleRun{"Range"}.in(scalar_int(1)).in(scalar_int(8)).in(scalar_int(3)).value(), "1 4 7");
  EXPECT_EQ(RuleRun{"Range"}.in(scalar_int(3)).in(scalar_int(0)).in(scalar_int(-2)).value(), "3 1");
  EXPECT_EQ(RuleRun{"Range"}.in(scalar_int(3)).in(scalar_int(0)).in(scalar_int(1)).shape(), "0");
  EXPECT_EQ(RuleRun{"Range"}.in(scalar_int(0)).in(scalar_int(symbol("n"))).in(scalar_int(1)).shape(), "n");
  EXPECT_EQ(
      RuleRun{"Range"}.in(scalar_int(symbol("n"))).in(scalar_int(symbol("n") + 2)).in(scalar_int(1)).value(),
      "n n + 1");
  const auto real = [](double value) { return reals(DType::float32, {}, {value}); };
  EXPECT_EQ(RuleRun{"Range"}.in(real(0.0)).in(real(1.0)).in(real(0.3)).shape(), "4");
}

TEST(Creation, TakesShapesAndTypesFromAttributes) {
  EXPECT_EQ(RuleRun{"RandomNormal"}.set("shape", Numbers{2, 3}).shape(), "2x3");
  EXPECT_EQ(RuleRun{"RandomUniformLike"}.in({2, 3}).set("dtype", 11).run().dtype(), DType::float64);
  EXPECT_EQ(RuleRun{"Multinomial"}.in({4, 9}).set("sample_size", 5).shape(), "4x5");
  EXPECT_EQ(RuleRun{"HannWindow"}.in(scalar_int(16)).shape(), "16");
  EXPECT_EQ(RuleRun{"EyeLike"}.in({3, 4}, DType::int32).run().dtype(), DType::int32);
}

}  // namespace
}  // namespace ns::onnx
