#include "node_run.hpp"

#include <gmock/gmock.h>

namespace ns {
namespace {

using testing::HasSubstr;

TEST(Creation, CastLikeKeepsWhatTheTypeKeeps) {
  EXPECT_EQ(run({"CastLike", {"float32[3] 1.9 -1.9 2.5", "int8[] 0"}}), "int8[3] 1 -1 2");
  EXPECT_EQ(run({"CastLike", {"float32[2] 0 0.25", "bool[] 0"}}), "bool[2] 0 1");
}

TEST(Creation, ConstantHoldsItsNumbersInOneOfFiveForms) {
  EXPECT_EQ(run({"Constant", {}, {real_attribute("value_float", 2.5)}}), "float32[] 2.5");
  EXPECT_EQ(run({"Constant", {}, {attribute("value_int", -7)}}), "int64[] -7");
  EXPECT_EQ(run({"Constant", {}, {attribute("value_ints", std::vector<std::int64_t>{3, 4})}}),
            "int64[2] 3 4");
  onnx::Attribute reals;
  reals.name = "value_floats";
  reals.type = onnx::Attribute::Type::reals;
  reals.reals = {0.5, 1.5};
  EXPECT_EQ(run({"Constant", {}, {reals}}), "float32[2] 0.5 1.5");
  NodeRun held{"Constant", {}};
  held.attributes = {
      attribute("value", held.elements.tensor("", {1, 2}, std::vector<double>{1, 2}, DType::float64))};
  EXPECT_EQ(run(held), "float64[1,2] 1 2");
  EXPECT_EQ(run({"Constant", {}, {text_attribute("value_string", "a")}}),
            "error: node 'n' (Constant): holds no numbers");
}

TEST(Creation, ConstantOfShapeRepeatsItsValue) {
  EXPECT_EQ(run({"ConstantOfShape", {"int64[2] 1 2"}}), "float32[1,2] 0 0");
  EXPECT_EQ(run({"ConstantOfShape", {"int64[0]"}}), "float32[] 0");
  NodeRun sevens{"ConstantOfShape", {"int64[2] 2 2"}};
  sevens.attributes = {
      attribute("value", sevens.elements.tensor("", {1}, std::vector<std::int64_t>{7}, DType::int64))};
  EXPECT_EQ(run(sevens), "int64[2,2] 7 7 7 7");
}

TEST(Creation, ConstantOfShapeRefusesAValueOfManyElements) {
  NodeRun many{"ConstantOfShape", {"int64[1] 2"}};
  many.attributes = {attribute("value", many.elements.tensor("", {5000}, std::vector<float>(5000)))};
  EXPECT_THAT(run(many), HasSubstr("its value is not one element"));
}

TEST(Creation, ShapeAndSizeTellExtents) {
  EXPECT_EQ(run({"Shape", {"float32[2,1,2] 1 2 3 4"}}), "int64[3] 2 1 2");
  EXPECT_EQ(run({"Shape", {"float32[2,1,2] 1 2 3 4"}, {attribute("start", 1), attribute("end", -1)}}),
            "int64[1] 1");
  EXPECT_EQ(run({"Shape", {"float32[2,1,2] 1 2 3 4"}, {attribute("start", 7)}}), "int64[0]");
  EXPECT_EQ(run({"Size", {"float32[2,1,2] 1 2 3 4"}}), "int64[] 4");
  EXPECT_EQ(run({"Size", {"float32[0]"}}), "int64[] 0");
}

TEST(Creation, RangeEndsBeforeItsLimit) {
  EXPECT_EQ(run({"Range", {"int64[] 1", "int64[] 10", "int64[] 3"}}), "int64[3] 1 4 7");
  EXPECT_EQ(run({"Range", {"int64[] 10", "int64[] 4", "int64[] -2"}}), "int64[3] 10 8 6");
  EXPECT_EQ(run({"Range", {"float32[] 0", "float32[] 1", "float32[] 0.3"}}), "float32[4] 0 0.3 0.6 0.9");
  EXPECT_EQ(run({"Range", {"int64[] 5", "int64[] 1", "int64[] 1"}}), "int64[0]");
}

TEST(Creation, RangeRefusesMoreThanThereIsRoomFor) {
  EXPECT_THAT(run({"Range", {"int64[] 0", "int64[] 1000000000000", "int64[] 1"}}),
              HasSubstr("more elements than are"));
  EXPECT_THAT(run({"Range", {"int64[2] 0 1", "int64[] 3", "int64[] 1"}}), HasSubstr("error: "));
  EXPECT_THAT(run({"Range", {"int64[] 0", "int64[] 3", "int64[] 0"}}), HasSubstr("error: "));
}

TEST(Creation, EyeLikeHasOnesOnADiagonal) {
  EXPECT_EQ(run({"EyeLike", {"float32[2,3] 0 0 0 0 0 0"}, {attribute("k", 1), attribute("dtype", 6)}}),
            "int32[2,3] 0 1 0 0 0 1");
  EXPECT_EQ(run({"EyeLike", {"float32[2,2] 0 0 0 0"}, {attribute("k", -1)}}), "float32[2,2] 0 0 1 0");
  EXPECT_EQ(run({"EyeLike", {"float32[1,2] 0 0"}, {attribute("k", INT64_MAX)}}), "float32[1,2] 0 0");
}

TEST(Creation, OneHotPutsItsAxisAnywhere) {
  EXPECT_EQ(run({"OneHot", {"int64[3] 0 2 -1", "int64[] 3", "float32[2] 5 1"}}),
            "float32[3,3] 1 5 5 5 5 1 5 5 1");
  EXPECT_EQ(run({"OneHot", {"int64[3] 0 2 -1", "int64[] 3", "float32[2] 5 1"}, {attribute("axis", 0)}}),
            "float32[3,3] 1 5 5 5 5 5 5 1 1");
  EXPECT_EQ(run({"OneHot", {"int64[1] 3", "int64[] 3", "float32[2] 0 1"}}), "float32[1,3] 0 0 0");
  EXPECT_THAT(run({"OneHot", {"int64[1] 0", "int64[] 3", "float32[3] 0 1 2"}}), HasSubstr("error: "));
}

TEST(Creation, TriluKeepsATriangle) {
  const std::string matrix = "float32[2,3] 1 2 3 4 5 6";
  EXPECT_EQ(run({"Trilu", {matrix}}), "float32[2,3] 1 2 3 0 5 6");
  EXPECT_EQ(run({"Trilu", {matrix, "int64[] 1"}, {attribute("upper", 0)}}), "float32[2,3] 1 2 0 4 5 6");
  EXPECT_EQ(run({"Trilu", {matrix, "int64[] -1"}}), "float32[2,3] 1 2 3 4 5 6");
  EXPECT_EQ(run({"Trilu", {matrix, "int64[] 9223372036854775807"}}), "float32[2,3] 0 0 0 0 0 0");
  EXPECT_THAT(run({"Trilu", {"float32[2] 1 2"}}), HasSubstr("error: "));
}

}  // namespace
}  // namespace ns
