#include "node_run.hpp"

#include <gmock/gmock.h>

namespace ns {
namespace {

using testing::HasSubstr;

TEST(Selection, CompressKeepsWhereTheConditionHolds) {
  const std::string rows = "float32[3,2] 1 2 3 4 5 6";
  EXPECT_EQ(run({"Compress", {rows, "bool[3] 0 1 1"}, {attribute("axis", 0)}}), "float32[2,2] 3 4 5 6");
  EXPECT_EQ(run({"Compress", {rows, "bool[2] 0 1"}, {attribute("axis", 1)}}), "float32[3,1] 2 4 6");
  EXPECT_EQ(run({"Compress", {rows, "bool[5] 0 1 0 0 1"}}), "float32[2] 2 5");
  EXPECT_THAT(run({"Compress", {rows, "bool[1] 1"}, {attribute("axis", 4)}}), HasSubstr("error: "));
}

TEST(Selection, CumSumAddsUpWithOrWithoutItself) {
  const auto yes = [](std::string name) { return attribute(std::move(name), 1); };
  EXPECT_EQ(run({"CumSum", {"float32[3] 1 2 3", "int64[] 0"}}), "float32[3] 1 3 6");
  EXPECT_EQ(run({"CumSum", {"float32[3] 1 2 3", "int64[] 0"}, {yes("exclusive")}}), "float32[3] 0 1 3");
  EXPECT_EQ(run({"CumSum", {"float32[3] 1 2 3", "int64[] 0"}, {yes("reverse")}}), "float32[3] 6 5 3");
  EXPECT_EQ(run({"CumSum", {"float32[3] 1 2 3", "int64[] 0"}, {yes("exclusive"), yes("reverse")}}),
            "float32[3] 5 3 0");
  EXPECT_EQ(run({"CumSum", {"int32[2,3] 1 2 3 4 5 6", "int64[] -1"}}), "int32[2,3] 1 3 6 4 9 15");
  EXPECT_EQ(run({"CumSum", {"int32[2,2] 1 2 3 4", "int64[] 0"}}), "int32[2,2] 1 2 4 6");
  EXPECT_THAT(run({"CumSum", {"float32[3] 1 2 3", "int64[] 2"}}), HasSubstr("error: "));
}

TEST(Selection, NonZeroNamesPlacesAxisByAxis) {
  EXPECT_EQ(run({"NonZero", {"float32[2,2] 1 0 1 1"}}), "int64[2,3] 0 1 1 0 0 1");
  EXPECT_EQ(run({"NonZero", {"bool[3] 0 0 0"}}), "int64[1,0]");
}

TEST(Selection, TopKTakesTheFirstOfEqualElements) {
  const std::string rows = "float32[3,4] 0 1 2 3 4 5 6 7 8 9 10 11";
  EXPECT_EQ(run({"TopK", {rows, "int64[1] 3"}, {attribute("axis", 1)}, 2}),
            "float32[3,3] 3 2 1 7 6 5 11 10 9 | int64[3,3] 3 2 1 3 2 1 3 2 1");
  EXPECT_EQ(run({"TopK", {rows, "int64[1] 1"}, {attribute("axis", 0), attribute("largest", 0)}, 2}),
            "float32[1,4] 0 1 2 3 | int64[1,4] 0 0 0 0");
  EXPECT_EQ(run({"TopK", {"float32[3] 1 5 5", "int64[1] 2"}, {}, 2}), "float32[2] 5 5 | int64[2] 1 2");
  EXPECT_THAT(run({"TopK", {"float32[3] 1 5 5", "int64[1] 4"}, {}, 2}), HasSubstr("error: "));
}

TEST(Selection, UniqueTellsWhereEachCameFrom) {
  // The examples of the operator's specification.
  const std::string numbers = "float32[6] 2 1 1 3 4 3";
  EXPECT_EQ(run({"Unique", {numbers}, {}, 4}),
            "float32[4] 1 2 3 4 | int64[4] 1 0 3 4 | int64[6] 1 0 0 2 3 2 | int64[4] 2 1 2 1");
  EXPECT_EQ(run({"Unique", {numbers}, {attribute("sorted", 0)}, 4}),
            "float32[4] 2 1 3 4 | int64[4] 0 1 3 4 | int64[6] 0 1 1 2 3 2 | int64[4] 1 2 2 1");
  EXPECT_EQ(run({"Unique", {"float32[3,3] 1 0 0 1 0 0 2 3 4"}, {attribute("axis", 0)}, 4}),
            "float32[2,3] 1 0 0 2 3 4 | int64[2] 0 2 | int64[3] 0 0 1 | int64[2] 2 1");
}

TEST(Selection, ReverseSequenceTurnsTheBeginOfEach) {
  EXPECT_EQ(run({"ReverseSequence",
                 {"float32[4,4] 0 4 8 12 1 5 9 13 2 6 10 14 3 7 11 15", "int64[4] 4 3 2 1"},
                 {attribute("time_axis", 0), attribute("batch_axis", 1)}}),
            "float32[4,4] 3 6 9 12 2 5 8 13 1 4 10 14 0 7 11 15");
  EXPECT_EQ(run({"ReverseSequence",
                 {"float32[2,3] 1 2 3 4 5 6", "int64[2] 2 3"},
                 {attribute("time_axis", 1), attribute("batch_axis", 0)}}),
            "float32[2,3] 2 1 3 6 5 4");
}

TEST(Selection, ReverseSequenceRefusesLengthsThatDoNotFit) {
  const std::string two = "float32[2,2] 1 2 3 4";
  EXPECT_THAT(run({"ReverseSequence", {two, "int64[1] 1"}}), HasSubstr("error: "));
  EXPECT_THAT(run({"ReverseSequence", {two, "int64[2] 1 3"}}),
              HasSubstr("a sequence is longer than the time axis"));
  EXPECT_THAT(run({"ReverseSequence", {two, "int64[2] 1 1"}, {attribute("time_axis", 1)}}),
              HasSubstr("error: "));
}

TEST(Selection, NonMaxSuppressionDropsWhatOverlaps) {
  const std::string corners = "float32[1,3,4] 0 0 1 1 0 0.1 1 1.1 0 10 1 11";
  const std::string scores = "float32[1,1,3] 0.9 0.75 0.6";
  EXPECT_EQ(run({"NonMaxSuppression", {corners, scores, "int64[1] 3", "float32[1] 0.5"}}),
            "int64[2,3] 0 0 0 0 0 2");
  EXPECT_EQ(run({"NonMaxSuppression", {corners, scores, "int64[1] 3", "float32[1] 0.9"}}),
            "int64[3,3] 0 0 0 0 0 1 0 0 2");
  EXPECT_EQ(run({"NonMaxSuppression", {corners, scores, "int64[1] 3", "float32[1] 0.5", "float32[1] 0.7"}}),
            "int64[1,3] 0 0 0");
  EXPECT_EQ(run({"NonMaxSuppression", {corners, scores}}), "int64[0,3]");
  EXPECT_EQ(
      run({"NonMaxSuppression",
           {"float32[1,3,4] 0.5 0.5 1 1 0.5 0.6 1 1 0.5 10.5 1 1", scores, "int64[1] 3", "float32[1] 0.5"},
           {attribute("center_point_box", 1)}}),
      "int64[2,3] 0 0 0 0 0 2");
  EXPECT_THAT(run({"NonMaxSuppression", {corners, "float32[1,1,2] 1 1", "int64[1] 3"}}),
              HasSubstr("error: "));
}

}  // namespace
}  // namespace ns
