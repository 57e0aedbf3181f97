#include "runtime/interpreter/interpreter.hpp"

#include "node_run.hpp"

#include <array>
#include <gmock/gmock.h>

namespace ns {
namespace {

using onnx::Elements;
using onnx::file_of;
using testing::HasSubstr;

/// s + i as the next state and i as a scan output; goes on as long as it is told to.
onnx::Graph counting_body() {
  return GraphMaker{}
      .untyped("i")
      .untyped("going")
      .untyped("s")
      .node("Cast", {"i"}, {"f"}, {attribute("to", 1)})
      .node("Add", {"s", "f"}, {"t"})
      .node("Identity", {"going"}, {"go"})
      .output("go")
      .output("t")
      .output("f")
      .graph();
}

/// s + 1 until it is `limit` of the graph around it.
onnx::Graph climbing_body() {
  return GraphMaker{}
      .untyped("i")
      .untyped("going")
      .untyped("s")
      .node("Add", {"s", "one"}, {"t"})
      .node("Less", {"t", "limit"}, {"go"})
      .output("go")
      .output("t")
      .graph();
}

/// The running sum of what is scanned.
onnx::Graph summing_body() {
  return GraphMaker{}
      .untyped("s")
      .untyped("x")
      .node("Add", {"s", "x"}, {"t"})
      .node("Identity", {"t"}, {"u"})
      .output("t")
      .output("u")
      .graph();
}

std::string branched(const std::string& condition) {
  return run(
      {.op = "If",
       .inputs = {condition},
       .attributes = {attribute("then_branch",
                                GraphMaker{}.node("Add", {"a", "a"}, {"r"}).output("r").graph()),
                      attribute("else_branch", GraphMaker{}.node("Neg", {"a"}, {"r"}).output("r").graph())},
       .scope = {{"a", "float32[2] 1 2"}}});
}

TEST(Interpreter, TakesTheBranchThatTheConditionNames) {
  EXPECT_EQ(branched("bool[] 1"), "float32[2] 2 4");
  EXPECT_EQ(branched("bool[] 0"), "float32[2] -1 -2");
  EXPECT_EQ(run({.op = "If", .inputs = {"bool[] 1"}}).substr(0, 6), "error:");
}

TEST(Interpreter, ALoopCarriesStatesAndStacksScanOutputs) {
  const auto body = attribute("body", counting_body());
  EXPECT_EQ(run({.op = "Loop",
                 .inputs = {"int64[] 3", "bool[] 1", "float32[] 10"},
                 .attributes = {body},
                 .outputs = 2}),
            "float32[] 13 | float32[3] 0 1 2");
  EXPECT_EQ(run({.op = "Loop",
                 .inputs = {"int64[] 3", "bool[] 0", "float32[] 10"},
                 .attributes = {body},
                 .outputs = 2}),
            "float32[] 10 | float32[0]");
  EXPECT_EQ(
      run({.op = "Loop", .inputs = {"int64[] 0", "", "float32[] 10"}, .attributes = {body}}).substr(0, 12),
      "float32[] 10");
}

TEST(Interpreter, ALoopEndsWhenItsConditionSaysSo) {
  const auto climb = [](const std::string& most) {
    return run({.op = "Loop",
                .inputs = {most, "bool[] 1", "float32[] 0"},
                .attributes = {attribute("body", climbing_body())},
                .scope = {{"one", "float32[] 1"}, {"limit", "float32[] 5"}}});
  };
  EXPECT_EQ(climb(""), "float32[] 5");
  EXPECT_EQ(climb("int64[] 3"), "float32[] 3");
  // What exporters write for "without end": the largest number of 64 bits, which no double holds.
  EXPECT_EQ(climb("int64[] 9223372036854775807"), "float32[] 5");
}

TEST(Interpreter, ScanRunsAlongAnAxisForwardsAndBackwards) {
  const auto body = attribute("body", summing_body());
  const auto one = attribute("num_scan_inputs", 1);
  EXPECT_EQ(run({.op = "Scan",
                 .inputs = {"float32[] 0", "float32[3] 1 2 3"},
                 .attributes = {body, one},
                 .outputs = 2}),
            "float32[] 6 | float32[3] 1 3 6");
  const auto back = attribute("scan_input_directions", std::vector<std::int64_t>{1});
  EXPECT_EQ(run({.op = "Scan",
                 .inputs = {"float32[] 0", "float32[3] 1 2 3"},
                 .attributes = {body, one, back},
                 .outputs = 2}),
            "float32[] 6 | float32[3] 3 5 6");
  const auto turned = attribute("scan_output_directions", std::vector<std::int64_t>{1});
  EXPECT_EQ(run({.op = "Scan",
                 .inputs = {"float32[] 0", "float32[3] 1 2 3"},
                 .attributes = {body, one, turned},
                 .outputs = 2}),
            "float32[] 6 | float32[3] 6 3 1");
  const auto columns = attribute("scan_input_axes", std::vector<std::int64_t>{1});
  const auto into = attribute("scan_output_axes", std::vector<std::int64_t>{-1});
  EXPECT_EQ(run({.op = "Scan",
                 .inputs = {"float32[2] 0 0", "float32[2,3] 1 2 3 4 5 6"},
                 .attributes = {body, one, columns, into},
                 .outputs = 2}),
            "float32[2] 6 15 | float32[2,3] 1 3 6 4 9 15");
}

TEST(Interpreter, ScanRefusesWhatItCannotRun) {
  const auto body = attribute("body", summing_body());
  const auto two = attribute("num_scan_inputs", 2);
  EXPECT_EQ(run({.op = "Scan",
                 .inputs = {"float32[] 0", ""},
                 .attributes = {body, attribute("num_scan_inputs", 1)},
                 .outputs = 2}),
            "error: node 'n' (Scan): its input 2 is left out");
  EXPECT_EQ(run({.op = "Scan",
                 .inputs = {"float32[3] 1 2 3", "float32[2] 1 2"},
                 .attributes = {body, two},
                 .outputs = 2})
                .substr(0, 6),
            "error:");
}

TEST(Interpreter, ReadsEndsThatMeanToTheEnd) {
  EXPECT_EQ(
      run({.op = "Slice", .inputs = {"float32[4] 1 2 3 4", "int64[1] 1", "int64[1] 9223372036854775807"}}),
      "float32[3] 2 3 4");
  EXPECT_EQ(run({.op = "Slice",
                 .inputs = {"float32[4] 1 2 3 4", "int64[1] -1", "int64[1] -9223372036854775808",
                            "int64[1] 0", "int64[1] -1"}}),
            "float32[4] 4 3 2 1");
}

TEST(Interpreter, RunsLayersOfAnyTypeInTheReferencesLoops) {
  EXPECT_EQ(run({.op = "MatMul", .inputs = {"float64[1,2] 1 2", "float64[2,1] 0.1 0.2"}}),
            "float64[1,1] 0.5");
  EXPECT_EQ(run({.op = "Gemm",
                 .inputs = {"float32[1,2] 1 2", "float32[2,2] 1 2 3 4", "float32[2] 10 20"},
                 .attributes = {real_attribute("alpha", 2.0), real_attribute("beta", 0.5),
                                attribute("transB", 1)}}),
            "float32[1,2] 15 32");
  EXPECT_EQ(run({.op = "Conv", .inputs = {"float32[1,1,3] 1 2 3", "float32[1,1,2] 1 10", "float32[1] 5"}}),
            "float32[1,1,2] 26 37");
}

TEST(Interpreter, NamesTheNodeAndTheOperatorThatItDoesNotRun) {
  EXPECT_EQ(run({.op = "Frobnicate", .inputs = {"float32[] 1"}, .domain = "my.own"}),
            "error: node 'n': operator my.own::Frobnicate is not computed here, or not in this form; "
            "docs/operators.md lists what is");
  EXPECT_EQ(run({.op = "NonZero", .inputs = {"(float32[] 1)"}}),
            "error: node 'n' (NonZero): its input 1 is no tensor");
  EXPECT_EQ(run({.op = "NonZero", .inputs = {}}).substr(0, 6), "error:");
}

TEST(Interpreter, MakesNoRoomForWhatNoMachineHolds) {
  EXPECT_THAT(run({.op = "ConstantOfShape", .inputs = {"int64[2] 1000000 1000000"}}),
              HasSubstr("its output 1000000x1000000 has more elements than are computed here"));
  EXPECT_THAT(run({.op = "Expand", .inputs = {"float32[1] 1", "int64[2] 16777216 16777216"}}),
              HasSubstr("more elements than are computed here"));
  EXPECT_THAT(run({.op = "ConstantOfShape", .inputs = {"int64[1] -3"}}), HasSubstr("negative"));
}

TEST(Interpreter, AConstantIsReadOrComputedFromWhatTheFileHolds) {
  Elements elements;
  const auto maker = GraphMaker{}
                         .input("x", "2")
                         .weight(elements.tensor("w", {2, 2}, std::vector<float>{1, 2, 3, 4}))
                         .node("Transpose", {"w"}, {"t"})
                         .node("Exp", {"zero"}, {"one"})
                         .node("Add", {"t", "one"}, {"sum"})
                         .node("MatMul", {"x", "sum"}, {"y"})
                         .weight(elements.tensor("zero", {}, std::vector<float>{0}))
                         .output("y");
  auto file = file_of(maker.model(), elements);
  Interpreter interpreter{file};
  EXPECT_EQ(text_of(*interpreter.constant("w").value()), "float32[2,2] 1 2 3 4");
  EXPECT_EQ(text_of(*interpreter.constant("sum").value()), "float32[2,2] 2 4 3 5");
  interpreter.forget();
  EXPECT_EQ(text_of(*interpreter.constant("sum").value()), "float32[2,2] 2 4 3 5");
  EXPECT_EQ(interpreter.constant("y").error().message, "'x' is no tensor whose value is known beforehand");
  EXPECT_EQ(interpreter.constant("nobody").error().message,
            "'nobody' is no tensor whose value is known beforehand");
  const Datum x = datum_of("float32[2] 1 10");
  const std::array<const Datum*, 2> read{&x, interpreter.constant("sum").value()};
  const auto outputs = interpreter.run(file.model.graph.nodes.back(), read, Values{});
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_EQ(text_of(*outputs), "float32[2] 32 54");
}

TEST(Interpreter, AConstantMayTakeTheTypeOrTheShapeOfAnActivation) {
  Elements elements;
  const auto maker =
      GraphMaker{}
          .input("x", "2x3")
          .weight(elements.tensor("whole", {2}, std::vector<std::int32_t>{3, -4}, DType::int32))
          .node("Exp", {"x"}, {"activation"})
          .node("CastLike", {"whole", "activation"}, {"real"})
          .node("EyeLike", {"activation"}, {"eye"})
          .output("real")
          .output("eye");
  auto file = file_of(maker.model(), elements);
  Interpreter interpreter{file};
  EXPECT_EQ(text_of(*interpreter.constant("real").value()), "float32[2] 3 -4");
  EXPECT_EQ(text_of(*interpreter.constant("eye").value()), "float32[2,3] 1 0 0 0 1 0");
}

TEST(Interpreter, ComputesAChainOfConstantsOfAnyLength) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1").weight(elements.tensor("c0", {1}, std::vector<float>{1}));
  constexpr int length = 20'000;
  for (int i = 0; i < length; ++i)
    maker.node("Softsign", {"c" + std::to_string(i)}, {"c" + std::to_string(i + 1)});
  maker.node("Add", {"x", "c" + std::to_string(length)}, {"y"}).output("y");
  auto file = file_of(maker.model(), elements);
  Interpreter interpreter{file};
  const auto last = interpreter.constant("c" + std::to_string(length));
  ASSERT_TRUE(last) << last.error().message;
  // 1 / (n + 1) after n times x / (1 + x).
  EXPECT_NEAR((*last)->array.values.front(), 1.0 / (length + 1), 1e-9);
}

}  // namespace
}  // namespace ns
