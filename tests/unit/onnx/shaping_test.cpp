#include "rule_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;
using Numbers = std::vector<std::int64_t>;

const Extent unknown;

Ran reshape(const Dims& dims, std::vector<Extent> target, int allowzero = 0) {
  return RuleRun{"Reshape"}.in(dims).in(vector_of(std::move(target))).set("allowzero", allowzero).run();
}

TEST(Shape, IsTheValueOfItsOutput) {
  EXPECT_EQ(RuleRun{"Shape"}.in({symbol("n"), 3, 8}).value(), "n 3 8");
  EXPECT_EQ(RuleRun{"Shape"}.in({2, 3, 8}).set("start", -2).value(), "3 8");
  EXPECT_EQ(RuleRun{"Shape"}.in({2, 3, 8}).set("start", 1).set("end", -1).value(), "3");
  EXPECT_EQ(RuleRun{"Shape"}.in({2, 3, 8}).set("start", 2).set("end", 1).shape(), "0");
  EXPECT_EQ(RuleRun{"Shape"}.in({2, 3}).set("start", -9).set("end", 9).value(), "2 3");
  EXPECT_EQ(RuleRun{"Shape"}.in(unknown_rank()).shape(), "?");
}

TEST(Size, CountsElements) {
  EXPECT_EQ(RuleRun{"Size"}.in({2, 3}).value(), "6");
  EXPECT_EQ(RuleRun{"Size"}.in({2, symbol("n")}).value(), "2*n");
}

TEST(Reshape, CopiesAndComputesExtents) {
  EXPECT_EQ(reshape({2, 3, 4}, {0, -1}).shape(), "2x12");
  EXPECT_EQ(reshape({symbol("n"), 96, 80}, {0, 2, 48, -1}).shape(), "nx2x48x80");
  EXPECT_EQ(reshape({symbol("b"), symbol("s"), 768}, {-1, 768}).shape(), "b*sx768");
  EXPECT_EQ(reshape({unknown, 8, 64}, {0, -1}).shape(), "?x512");
  EXPECT_EQ(reshape({2, 3}, {6}).shape(), "6");
  EXPECT_EQ(reshape({1}, {}).shape(), "scalar");
}

TEST(Reshape, LeavesOpenWhatItCannotKnow) {
  EXPECT_EQ(reshape({unknown, 3}, {-1, 3}).shape(), "?x3");
  EXPECT_EQ(reshape({2, 3}, {unknown, -1}).shape(), "?x?");
  EXPECT_EQ(reshape({2, 16, 768}, {2, unknown, 12, 64}).shape(), "2x16x12x64");
  EXPECT_EQ(RuleRun{"Reshape"}.in({2, 3}).in({3}, DType::int64).shape(), "?x?x?");
  EXPECT_EQ(RuleRun{"Reshape"}.in({2, 3}).in({unknown}, DType::int64).shape(), "rank?");
}

TEST(Reshape, HandlesTensorsWithoutElements) {
  EXPECT_EQ(reshape({0, 8, 2}, {4, 2, -1}).shape(), "4x2x0");
  EXPECT_EQ(reshape({4, 2, 0}, {0, 0, 4}, 1).shape(), "0x0x4");
  EXPECT_THAT(reshape({2, 3}, {0, -1}, 1).shape(), HasSubstr("allowzero=1 forbids"));
}

TEST(Reshape, NamesBothSizesWhereTheyDiffer) {
  EXPECT_EQ(
      reshape({2, 96}, {1, 96}).error,
      "node 'it' (Reshape): input 'input0' is 2x96 (192 elements) and cannot become 1x96 (96 elements)");
  EXPECT_THAT(reshape({2, 3}, {4, -1}).error, HasSubstr("cannot become"));
  EXPECT_THAT(reshape({2, 3}, {-1, -1}).error, HasSubstr("more than one -1"));
  EXPECT_THAT(reshape({2, 3}, {-2, 3}).error, HasSubstr("extent -2"));
  EXPECT_THAT(reshape({2}, {0, 0}).error, HasSubstr("copies axis 1"));
}

TEST(Reshape, TakesItsTargetFromTheAttributeInOldOpsets) {
  EXPECT_EQ(RuleRun{"Reshape"}.opset(1).in({2, 6}).set("shape", Numbers{3, 4}).shape(), "3x4");
}

TEST(Flatten, MultipliesExtentsBeforeAndAfterTheAxis) {
  EXPECT_EQ(RuleRun{"Flatten"}.in({2, 3, 4}).shape(), "2x12");
  EXPECT_EQ(RuleRun{"Flatten"}.in({2, 3, 4}).set("axis", 0).shape(), "1x24");
  EXPECT_EQ(RuleRun{"Flatten"}.in({2, 3, 4}).set("axis", 3).shape(), "24x1");
  EXPECT_EQ(RuleRun{"Flatten"}.in({2, 3, 4}).set("axis", -1).shape(), "6x4");
  EXPECT_THAT(RuleRun{"Flatten"}.in({2, 3, 4}).set("axis", 4).shape(), HasSubstr("axis 4"));
}

TEST(Squeeze, RemovesAxes) {
  EXPECT_EQ(RuleRun{"Squeeze"}.in({1, 3, 1}).shape(), "3");
  EXPECT_EQ(RuleRun{"Squeeze"}.in({1, 3, 1}).in(vector_of({-1})).shape(), "1x3");
  EXPECT_EQ(RuleRun{"Squeeze"}.opset(11).in({1, 3, 1}).set("axes", Numbers{0}).shape(), "3x1");
  EXPECT_EQ(RuleRun{"Squeeze"}.in({symbol("n"), 1}).shape(), "rank?");
  EXPECT_EQ(RuleRun{"Squeeze"}.in({1, 3, 1}).in({2}, DType::int64).shape(), "?");
  EXPECT_THAT(RuleRun{"Squeeze"}.in({1, 3}).in(vector_of({1})).shape(), HasSubstr("axis 1 is not 1"));
}

TEST(Unsqueeze, AddsAxes) {
  EXPECT_EQ(RuleRun{"Unsqueeze"}.in({3, 4}).in(vector_of({0, -1})).shape(), "1x3x4x1");
  EXPECT_EQ(RuleRun{"Unsqueeze"}.opset(11).in({3}).set("axes", Numbers{1}).shape(), "3x1");
  EXPECT_THAT(RuleRun{"Unsqueeze"}.in({3}).in(vector_of({0, -3})).shape(), HasSubstr("named twice"));
  EXPECT_THAT(RuleRun{"Unsqueeze"}.in({3}).in(vector_of({5})).shape(), HasSubstr("axis 5"));
}

TEST(Transpose, PermutesShapesAndValues) {
  EXPECT_EQ(RuleRun{"Transpose"}.in({2, 3, 4}).shape(), "4x3x2");
  EXPECT_EQ(RuleRun{"Transpose"}.in({2, 3, 4}).set("perm", Numbers{0, 2, 1}).shape(), "2x4x3");
  EXPECT_EQ(RuleRun{"Transpose"}.in(integers(DType::int64, {2, 3}, {1, 2, 3, 4, 5, 6})).value(),
            "1 4 2 5 3 6");
  EXPECT_THAT(RuleRun{"Transpose"}.in({2, 3}).set("perm", Numbers{0}).shape(), HasSubstr("perm has 1 axis"));
  EXPECT_THAT(RuleRun{"Transpose"}.in({2, 3}).set("perm", Numbers{0, 0}).shape(), HasSubstr("named twice"));
}

TEST(Expand, Broadcasts) {
  EXPECT_EQ(RuleRun{"Expand"}.in({3, 1}).in(vector_of({2, 1, 6})).shape(), "2x3x6");
  EXPECT_EQ(RuleRun{"Expand"}.in({3, 1}).in(vector_of({symbol("n"), 1, 1})).shape(), "nx3x1");
  EXPECT_EQ(RuleRun{"Expand"}.in({1, 3}).in({2}, DType::int64).shape(), "?x3");
  EXPECT_EQ(RuleRun{"Expand"}.in(vector_of({7})).in(vector_of({3})).value(), "7 7 7");
  EXPECT_THAT(RuleRun{"Expand"}.in({3}).in(vector_of({2})).shape(), HasSubstr("cannot be expanded to 2"));
}

TEST(Tile, RepeatsShapesAndValues) {
  EXPECT_EQ(RuleRun{"Tile"}.in({2, 3}).in(vector_of({1, symbol("n")})).shape(), "2x3*n");
  EXPECT_EQ(RuleRun{"Tile"}.in(vector_of({1, 2})).in(vector_of({2})).value(), "1 2 1 2");
  EXPECT_EQ(RuleRun{"Tile"}.opset(1).in({2, 3}).in(scalar_int(4)).in(scalar_int(1)).shape(), "2x12");
  EXPECT_THAT(RuleRun{"Tile"}.in({2, 3}).in(vector_of({2})).shape(), HasSubstr("1 repeat is given"));
}

TEST(Values, GoThroughWhatOnlyRenamesAShape) {
  const auto shape = vector_of({symbol("n"), 3});
  EXPECT_EQ(RuleRun{"Identity"}.in(shape).value(), "n 3");
  EXPECT_EQ(RuleRun{"Reshape"}.in(shape).in(vector_of({2, 1})).value(), "n 3");
  EXPECT_EQ(RuleRun{"Unsqueeze"}.in(scalar_int(symbol("n"))).in(vector_of({0})).value(), "n");
  EXPECT_EQ(RuleRun{"Squeeze"}.in(vector_of({5})).in(vector_of({0})).shape(), "scalar");
  EXPECT_EQ(RuleRun{"Flatten"}.in(shape).value(), "n 3");
}

}  // namespace
}  // namespace ns::onnx
