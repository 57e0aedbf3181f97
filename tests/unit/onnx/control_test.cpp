#include "graph_maker.hpp"

#include <gmock/gmock.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;
using Numbers = std::vector<std::int64_t>;

/// A branch that makes `output` of the outer 'x' by one operator.
Graph branch(std::string op, std::vector<std::string> inputs, std::vector<Attribute> attributes = {}) {
  return GraphMaker{}
      .node(std::move(op), std::move(inputs), {"made"}, std::move(attributes))
      .output("made")
      .graph();
}

GraphMaker either(Graph then_branch, Graph else_branch) {
  return GraphMaker{}
      .input("x", "1x8")
      .input("flag", "", DType::boolean)
      .weight("w", {8, 4})
      .node("If", {"flag"}, {"y"},
            {attribute("then_branch", std::move(then_branch)),
             attribute("else_branch", std::move(else_branch))})
      .output("y");
}

TEST(If, TakesTheBranchOfAKnownCondition) {
  const auto net = either(branch("MatMul", {"x", "w"}), branch("Identity", {"x"}));
  const auto taken = net.inferred({{}, {}, {{"flag", 1}}});
  EXPECT_EQ(shape_of(taken, "y"), "1x4");
  EXPECT_DOUBLE_EQ(taken.costs.at(0).macs, 32);
  EXPECT_EQ(shape_of(net.inferred({{}, {}, {{"flag", 0}}}), "y"), "1x8");
}

TEST(If, KnowsWhatBothBranchesHaveInCommon) {
  const auto inferred = either(branch("MatMul", {"x", "w"}), branch("Identity", {"x"})).inferred();
  EXPECT_EQ(shape_of(inferred, "y"), "1x?");
  EXPECT_TRUE(inferred.facts.at("y").on_data);
  EXPECT_EQ(to_string(*inferred.facts.at("y").most), "1x8");
  EXPECT_DOUBLE_EQ(inferred.costs.at(0).macs, 32);  // of the larger branch
  EXPECT_EQ(inferred.parameters, 32);               // read in a branch
  EXPECT_EQ(inferred.costs.at(0).parameters, 32);
}

TEST(If, TakesTheOtherBranchWhereOneCannotRun) {
  const auto squeezing = branch("Squeeze", {"x", "two"});
  auto net = GraphMaker{}.input("x", "1x8").input("flag", "", DType::boolean).numbers("two", {1});
  net.node("If", {"flag"}, {"y"},
           {attribute("then_branch", squeezing), attribute("else_branch", branch("Identity", {"x"}))});
  EXPECT_EQ(shape_of(net.output("y").inferred(), "y"), "1x8");
}

TEST(If, FailsWhereNoBranchCanRun) {
  auto net = GraphMaker{}.input("x", "1x8").input("flag", "", DType::boolean).numbers("two", {1});
  net.node("If", {"flag"}, {"y"},
           {attribute("then_branch", branch("Squeeze", {"x", "two"})),
            attribute("else_branch", branch("Squeeze", {"x", "two"}))});
  EXPECT_THAT(net.output("y").error(), HasSubstr("node 'made' (Squeeze)"));
}

/// state = state x w, and each state is scanned.
Graph multiplying() {
  return GraphMaker{}
      .untyped("i")
      .untyped("going")
      .untyped("state")
      .node("MatMul", {"state", "w"}, {"next"})
      .node("Identity", {"going"}, {"goes on"})
      .node("Identity", {"next"}, {"seen"})
      .output("goes on")
      .output("next")
      .output("seen")
      .graph();
}

GraphMaker looping(Graph body) {
  return GraphMaker{}
      .input("x", "1x8")
      .input("n", "", DType::int64)
      .weight("w", {8, 8})
      .node("Loop", {"n", "", "x"}, {"last", "all"}, {attribute("body", std::move(body))})
      .output("last")
      .output("all");
}

TEST(Loop, CountsItsBodyForEveryKnownRun) {
  const auto inferred = looping(multiplying()).inferred({{}, {}, {{"n", 5}}});
  EXPECT_EQ(shape_of(inferred, "last"), "1x8");
  EXPECT_EQ(shape_of(inferred, "all"), "5x1x8");
  EXPECT_DOUBLE_EQ(inferred.costs.at(0).macs, 5 * 64);
  EXPECT_FALSE(inferred.costs.at(0).lower_bound);
}

TEST(Loop, CountsOneRunWhereNobodyKnowsHowMany) {
  const auto inferred = looping(multiplying()).inferred();
  EXPECT_EQ(shape_of(inferred, "last"), "1x8");
  EXPECT_EQ(shape_of(inferred, "all"), "?x1x8");
  EXPECT_TRUE(inferred.facts.at("all").on_data);
  EXPECT_DOUBLE_EQ(inferred.costs.at(0).macs, 64);
  EXPECT_TRUE(inferred.costs.at(0).lower_bound);
}

TEST(Loop, MayRunNever) {
  const auto inferred = looping(multiplying()).inferred({{}, {}, {{"n", 0}}});
  EXPECT_EQ(shape_of(inferred, "last"), "1x8");
  EXPECT_EQ(shape_of(inferred, "all"), "0x1x8");
  EXPECT_DOUBLE_EQ(inferred.costs.at(0).macs, 0);
}

/// The state grows by itself.
Graph growing() {
  return GraphMaker{}
      .untyped("i")
      .untyped("going")
      .untyped("state")
      .node("Concat", {"state", "x"}, {"next"}, {attribute("axis", 0)})
      .node("MatMul", {"next", "w"}, {"product"})
      .node("Identity", {"going"}, {"goes on"})
      .output("goes on")
      .output("next")
      .graph();
}

TEST(Loop, FollowsAStateThatGrows) {
  auto net = looping(growing());
  const auto inferred = net.inferred({{}, {}, {{"n", 3}}});
  EXPECT_EQ(shape_of(inferred, "last"), "4x8");
  EXPECT_DOUBLE_EQ(inferred.costs.at(0).macs, (2 + 3 + 4) * 64);
  EXPECT_EQ(shape_of(net.inferred(), "last"), "?x8");
  EXPECT_EQ(shape_of(net.inferred({{}, {}, {{"n", 1e6}}}), "last"), "?x8");
}

TEST(Loop, EndsByAConditionThatIsKnown) {
  auto body = GraphMaker{}
                  .untyped("i")
                  .untyped("going")
                  .untyped("state")
                  .number("limit", 3)
                  .node("Less", {"i", "limit"}, {"goes on"})
                  .node("MatMul", {"state", "w"}, {"next"})
                  .node("Identity", {"next"}, {"seen"})
                  .output("goes on")
                  .output("next")
                  .output("seen")
                  .graph();
  const auto inferred = looping(std::move(body)).inferred({{}, {}, {{"n", 1e6}}});
  EXPECT_EQ(shape_of(inferred, "all"), "4x1x8");
  EXPECT_DOUBLE_EQ(inferred.costs.at(0).macs, 4 * 64);
}

TEST(Loop, NestsWithoutEnd) {
  auto body = growing();
  for (int depth = 0; depth < 12; ++depth) {
    auto outer = GraphMaker{}.untyped("i").untyped("going").untyped("state");
    outer.node("Loop", {"", "", "state"}, {"next"}, {attribute("body", body)});
    body = outer.node("Identity", {"going"}, {"goes on"}).output("goes on").output("next").graph();
  }
  const auto inferred = looping(std::move(body)).inferred({{}, {}, {{"n", 60}}});
  EXPECT_TRUE(inferred.costs.at(0).lower_bound);
}

TEST(Scan, RunsAlongAnAxis) {
  auto body = GraphMaker{}
                  .untyped("state")
                  .untyped("element")
                  .node("MatMul", {"element", "w"}, {"product"})
                  .node("Add", {"state", "product"}, {"next"})
                  .node("Identity", {"next"}, {"seen"})
                  .output("next")
                  .output("seen")
                  .graph();
  const auto inferred =
      GraphMaker{}
          .input("x", "2x7x8")
          .input("h", "2x8")
          .weight("w", {8, 8})
          .node("Scan", {"h", "x"}, {"last", "all"},
                {attribute("body", std::move(body)), attribute("num_scan_inputs", 1),
                 attribute("scan_input_axes", Numbers{1}), attribute("scan_output_axes", Numbers{-1})})
          .output("last")
          .output("all")
          .inferred({{}, {{"h", {2, 8}}}, {}});
  EXPECT_EQ(shape_of(inferred, "last"), "2x8");
  EXPECT_EQ(shape_of(inferred, "all"), "2x8x7");
  EXPECT_DOUBLE_EQ(inferred.costs.at(0).macs, 7 * 2 * 64);
}

TEST(Sequence, IsKnownElementByElement) {
  const auto inferred = GraphMaker{}
                            .input("x", "7x3")
                            .input("z", "2x3")
                            .number("one", 1)
                            .number("three", 3)
                            .node("SplitToSequence", {"x", "three"}, {"parts"})
                            .node("SequenceInsert", {"parts", "z", "one"}, {"more"})
                            .node("SequenceLength", {"more"}, {"length"})
                            .node("SequenceAt", {"more", "one"}, {"second"})
                            .node("SequenceErase", {"more"}, {"less"})
                            .node("ConcatFromSequence", {"less"}, {"y"}, {attribute("axis", 0)})
                            .output("y")
                            .inferred();
  EXPECT_EQ(inferred.facts.at("parts").kind, Kind::sequence);
  EXPECT_EQ(scalar_of(inferred.facts.at("length"))->number(), 4);
  EXPECT_EQ(shape_of(inferred, "second"), "2x3");
  EXPECT_EQ(shape_of(inferred, "y"), "8x3");
}

TEST(Sequence, SplitsIntoSqueezedParts) {
  const auto inferred =
      GraphMaker{}
          .input("x", "3x4")
          .node("SplitToSequence", {"x"}, {"rows"}, {attribute("keepdims", 0)})
          .node("ConcatFromSequence", {"rows"}, {"y"}, {attribute("axis", 1), attribute("new_axis", 1)})
          .output("y")
          .inferred();
  EXPECT_EQ(shape_of(inferred, "y"), "4x3");
}

TEST(Sequence, GrowsInALoop) {
  auto body = GraphMaker{}
                  .untyped("i")
                  .untyped("going")
                  .untyped("parts")
                  .node("SequenceInsert", {"parts", "x"}, {"more"})
                  .node("Identity", {"going"}, {"goes on"})
                  .output("goes on")
                  .output("more")
                  .graph();
  auto net = GraphMaker{}.input("x", "2x8").input("n", "", DType::int64);
  net.node("SequenceEmpty", {}, {"none"})
      .node("Loop", {"n", "", "none"}, {"parts"}, {attribute("body", std::move(body))})
      .node("ConcatFromSequence", {"parts"}, {"y"}, {attribute("axis", 0)})
      .output("y");
  EXPECT_EQ(shape_of(net.inferred({{}, {}, {{"n", 3}}}), "y"), "6x8");
  EXPECT_EQ(shape_of(net.inferred(), "y"), "?x8");
}

TEST(Sequence, MapsItsBody) {
  auto body =
      GraphMaker{}.untyped("element").node("MatMul", {"element", "w"}, {"made"}).output("made").graph();
  const auto inferred = GraphMaker{}
                            .input("a", "2x8")
                            .input("b", "5x8")
                            .weight("w", {8, 4})
                            .node("SequenceConstruct", {"a", "b"}, {"both"})
                            .node("SequenceMap", {"both"}, {"made"}, {attribute("body", std::move(body))})
                            .node("ConcatFromSequence", {"made"}, {"y"}, {attribute("axis", 0)})
                            .output("y")
                            .inferred();
  EXPECT_EQ(shape_of(inferred, "y"), "7x4");
  EXPECT_DOUBLE_EQ(inferred.costs.at(1).macs, 7 * 32);
}

TEST(Sequence, RefusesPositionsThatAreNotThere) {
  const auto net = GraphMaker{}
                       .input("x", "2")
                       .number("three", 3)
                       .node("SequenceConstruct", {"x"}, {"one"})
                       .node("SequenceAt", {"one", "three"}, {"y"})
                       .output("y");
  EXPECT_THAT(net.error(), HasSubstr("node 'y' (SequenceAt): position 3 is not in [-1, 1)"));
}

TEST(Optional, HoldsOneOrNothing) {
  const auto inferred = GraphMaker{}
                            .input("x", "2x3")
                            .node("Optional", {"x"}, {"some"})
                            .node("OptionalHasElement", {"some"}, {"has"})
                            .node("OptionalGetElement", {"some"}, {"y"})
                            .node("Optional", {}, {"nothing"})
                            .node("OptionalHasElement", {"nothing"}, {"has not"})
                            .output("y")
                            .inferred();
  EXPECT_EQ(shape_of(inferred, "y"), "2x3");
  EXPECT_EQ(scalar_of(inferred.facts.at("has"))->number(), 1);
  EXPECT_EQ(scalar_of(inferred.facts.at("has not"))->number(), 0);
}

}  // namespace
}  // namespace ns::onnx
