#include "node_run.hpp"

#include <gmock/gmock.h>

namespace ns {
namespace {

using testing::HasSubstr;

const std::string pair = "(float32[1] 1; float32[2] 2 3)";

TEST(Sequences, AreMadeOfTensors) {
  EXPECT_EQ(run({"SequenceEmpty", {}}), "()");
  EXPECT_EQ(run({"SequenceConstruct", {"float32[1] 1", "float32[2] 2 3"}}), pair);
  EXPECT_EQ(run({"Identity", {pair}}), pair);
  EXPECT_EQ(run({"SequenceLength", {pair}}), "int64[] 2");
  EXPECT_EQ(run({"SequenceLength", {"()"}}), "int64[] 0");
  EXPECT_THAT(run({"SequenceLength", {"float32[] 1"}}), HasSubstr("its input is no sequence"));
}

TEST(Sequences, PositionsCountFromEitherEnd) {
  EXPECT_EQ(run({"SequenceAt", {pair, "int64[] 0"}}), "float32[1] 1");
  EXPECT_EQ(run({"SequenceAt", {pair, "int64[] -1"}}), "float32[2] 2 3");
  EXPECT_THAT(run({"SequenceAt", {pair, "int64[] 2"}}), HasSubstr("position 2 is not in [-2, 2)"));
  EXPECT_THAT(run({"SequenceAt", {pair, "int64[] -3"}}), HasSubstr("error: "));
  EXPECT_THAT(run({"SequenceAt", {pair, "int64[] 9223372036854775807"}}), HasSubstr("error: "));
}

TEST(Sequences, GrowAndShrinkAnywhere) {
  EXPECT_EQ(run({"SequenceInsert", {"(float32[] 1; float32[] 2)", "float32[] 3"}}),
            "(float32[] 1; float32[] 2; float32[] 3)");
  EXPECT_EQ(run({"SequenceInsert", {"(float32[] 1; float32[] 2)", "float32[] 3", "int64[] -1"}}),
            "(float32[] 1; float32[] 3; float32[] 2)");
  EXPECT_EQ(run({"SequenceInsert", {"()", "float32[] 3", "int64[] 0"}}), "(float32[] 3)");
  EXPECT_THAT(run({"SequenceInsert", {"()", "float32[] 3", "int64[] 1"}}), HasSubstr("error: "));
  EXPECT_EQ(run({"SequenceErase", {pair}}), "(float32[1] 1)");
  EXPECT_EQ(run({"SequenceErase", {pair, "int64[] 0"}}), "(float32[2] 2 3)");
  EXPECT_THAT(run({"SequenceErase", {"()"}}), HasSubstr("an empty sequence has nothing to erase"));
}

TEST(Sequences, AreJoinedAlongAnOldAxisOrANewOne) {
  EXPECT_EQ(run({"ConcatFromSequence", {pair}, {attribute("axis", 0)}}), "float32[3] 1 2 3");
  const std::string rows = "(float32[2] 1 2; float32[2] 3 4)";
  EXPECT_EQ(run({"ConcatFromSequence", {rows}, {attribute("axis", 0), attribute("new_axis", 1)}}),
            "float32[2,2] 1 2 3 4");
  EXPECT_EQ(run({"ConcatFromSequence", {rows}, {attribute("axis", -1), attribute("new_axis", 1)}}),
            "float32[2,2] 1 3 2 4");
  EXPECT_THAT(run({"ConcatFromSequence", {pair}, {attribute("axis", 0), attribute("new_axis", 1)}}),
              HasSubstr("error: "));
  EXPECT_THAT(run({"ConcatFromSequence", {"()"}, {attribute("axis", 0)}}), HasSubstr("error: "));
}

TEST(Sequences, AreSplitFromATensor) {
  const std::string five = "float32[5] 1 2 3 4 5";
  EXPECT_EQ(run({"SplitToSequence", {five, "int64[] 2"}}), "(float32[2] 1 2; float32[2] 3 4; float32[1] 5)");
  EXPECT_EQ(run({"SplitToSequence", {five, "int64[2] 4 1"}}), "(float32[4] 1 2 3 4; float32[1] 5)");
  EXPECT_EQ(run({"SplitToSequence", {"float32[2] 1 2"}, {attribute("keepdims", 0)}}),
            "(float32[] 1; float32[] 2)");
  EXPECT_EQ(run({"SplitToSequence", {"float32[2,2] 1 2 3 4"}, {attribute("axis", 1)}}),
            "(float32[2,1] 1 3; float32[2,1] 2 4)");
  EXPECT_THAT(run({"SplitToSequence", {five, "int64[2] 4 2"}}), HasSubstr("error: "));
  EXPECT_THAT(run({"SplitToSequence", {five, "int64[2] 1 9223372036854775807"}}), HasSubstr("error: "));
  EXPECT_THAT(run({"SplitToSequence", {five, "int64[] 0"}}), HasSubstr("error: "));
}

TEST(Sequences, AreMappedElementByElement) {
  const auto body = attribute("body", GraphMaker{}
                                          .untyped("a")
                                          .untyped("b")
                                          .node("Add", {"a", "b"}, {"s"})
                                          .node("Neg", {"a"}, {"m"})
                                          .output("s")
                                          .output("m")
                                          .graph());
  EXPECT_EQ(run({"SequenceMap", {pair, "float32[1] 10"}, {body}, 2}),
            "(float32[1] 11; float32[2] 12 13) | (float32[1] -1; float32[2] -2 -3)");
  EXPECT_THAT(run({"SequenceMap", {pair, "(float32[] 1)"}, {body}, 2}),
              HasSubstr("its sequences have different lengths"));
}

TEST(Optionals, HoldOneElementOrNone) {
  EXPECT_EQ(run({"Optional", {}}), "?()");
  EXPECT_EQ(run({"Optional", {"float32[1] 3"}}), "?(float32[1] 3)");
  EXPECT_EQ(run({"OptionalHasElement", {"?(float32[1] 3)"}}), "bool[] 1");
  EXPECT_EQ(run({"OptionalHasElement", {"?()"}}), "bool[] 0");
  EXPECT_EQ(run({"OptionalHasElement", {""}}), "bool[] 0");
  EXPECT_EQ(run({"OptionalHasElement", {"float32[1] 3"}}), "bool[] 1");
  EXPECT_EQ(run({"OptionalGetElement", {"?(float32[1] 3)"}}), "float32[1] 3");
  EXPECT_EQ(run({"OptionalGetElement", {"float32[1] 3"}}), "float32[1] 3");
  EXPECT_THAT(run({"OptionalGetElement", {"?()"}}), HasSubstr("its input holds no element"));
}

}  // namespace
}  // namespace ns
