#include "runtime/executor.hpp"

#include "../onnx/stored_model.hpp"
#include "datum_text.hpp"
#include "net/text/text.hpp"

#include <gmock/gmock.h>
#include <sys/resource.h>

namespace ns {
namespace {

using onnx::attribute;
using onnx::Elements;
using onnx::file_of;
using onnx::GraphMaker;
using testing::ElementsAre;
using testing::HasSubstr;

using Inputs = std::vector<std::pair<std::string, std::string>>;

Result<std::vector<NamedDatum>> outputs_of(Executor& executor, const Inputs& inputs) {
  std::vector<NamedDatum> given;
  for (const auto& [name, text] : inputs) given.push_back({name, datum_of(text)});
  return executor.run(given);
}

/// "y: float32[1] 2, z: ...", or "error: " and the message.
std::string run(Executor& executor, const Inputs& inputs) {
  const auto outputs = outputs_of(executor, inputs);
  if (!outputs) return "error: " + outputs.error().message;
  std::string text;
  for (const auto& [name, datum] : *outputs)
    text += (text.empty() ? "" : ", ") + name + ": " + text_of(datum);
  return text;
}

/// A model on a backend, both as long as the executor.
struct Prepared {
  Prepared(const GraphMaker& maker, const Elements& elements = {}, const std::string& device = "reference")
      : backend{open_backend(device).value()}, file{file_of(maker.model(), elements)} {
    auto made = Executor::prepare(file, *backend);
    EXPECT_TRUE(made) << made.error().message;
    if (made) executor = std::move(*made);
  }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  std::unique_ptr<Backend> backend;
  onnx::ModelFile file;
  std::unique_ptr<Executor> executor;
};

/// The other way round: what no layer type describes.
GraphMaker& reverse(GraphMaker& maker, const std::string& from, const std::string& lengths,
                    const std::string& to) {
  return maker.node("ReverseSequence", {from, lengths}, {to},
                    {attribute("batch_axis", 0), attribute("time_axis", 1)});
}

/// Between layers that the backend runs.
GraphMaker reversing_in_the_middle() {
  GraphMaker maker;
  maker.input("x", "1x4").numbers("lengths", {4}).node("Relu", {"x"}, {"a"});
  reverse(maker, "a", "lengths", "b").node("Neg", {"b"}, {"y"}).output("y");
  return maker;
}

TEST(Executor, RunsWhatTheBackendHasNoLayerForInBetween) {
  for (const auto* device : {"reference", "onednn:threads=1,isa=sse41"}) {
    const Prepared net{reversing_in_the_middle(), {}, device};
    EXPECT_EQ(net.executor->planned_layers(), 2U);
    EXPECT_EQ(net.executor->interpreted().size(), 1U);
    EXPECT_THAT(net.executor->input_names(), ElementsAre("x"));
    EXPECT_EQ(run(*net.executor, {{"x", "float32[1,4] -1 2 3 -4"}}), "y: float32[1,4] 0 -3 -2 0");
    EXPECT_EQ(run(*net.executor, {{"x", "float32[1,4] 1 2 3 4"}}), "y: float32[1,4] -4 -3 -2 -1");
  }
}

TEST(Executor, RunsPhasesThatTakeTurns) {
  GraphMaker maker;
  maker.input("x", "1x3").numbers("all", {3}).numbers("two", {2});
  std::string last = "x";
  for (int i = 0; i < 4; ++i) {
    const auto name = std::to_string(i);
    maker.node("Neg", {last}, {"n" + name});
    reverse(maker, "n" + name, i % 2 == 0 ? "all" : "two", "s" + name);
    last = "s" + name;
  }
  maker.node("Add", {last, "n0"}, {"y"}).output("y").output("s0");
  const Prepared net{maker};
  EXPECT_EQ(net.executor->planned_layers(), 5U);
  EXPECT_EQ(net.executor->interpreted().size(), 4U);
  // -3 -2 -1, 2 3 1, -1 -3 -2, 3 1 2; and -1 -2 -3 once more.
  EXPECT_EQ(run(*net.executor, {{"x", "float32[1,3] 1 2 3"}}),
            "y: float32[1,3] 2 -1 -1, s0: float32[1,3] -3 -2 -1");
}

TEST(Executor, SizesMayDependOnData) {
  GraphMaker maker;
  maker.input("x", "4")
      .numbers("first", {0})
      .node("Abs", {"x"}, {"a"})
      .node("NonZero", {"a"}, {"places"})
      .node("Squeeze", {"places", "first"}, {"flat"})
      .node("Gather", {"a", "flat"}, {"picked"})
      .node("Mul", {"picked", "picked"}, {"y"})
      .output("y");
  const Prepared net{maker};
  EXPECT_EQ(net.executor->planned_layers(), 1U);
  EXPECT_EQ(run(*net.executor, {{"x", "float32[4] 0 5 0 -7"}}), "y: float32[2] 25 49");
  EXPECT_EQ(run(*net.executor, {{"x", "float32[4] 0 0 0 0"}}), "y: float32[0]");
}

TEST(Executor, DoublesStayDoubles) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1", DType::float64)
      .weight(elements.tensor("little", {1}, std::vector<double>{1e-12}, DType::float64))
      .node("Add", {"x", "little"}, {"y"})
      .output("y");
  for (const auto* device : {"reference", "onednn:threads=1,isa=sse41"}) {
    const Prepared net{maker, elements, device};
    const auto outputs = outputs_of(*net.executor, {{"x", "float64[1] 1"}});
    ASSERT_TRUE(outputs) << outputs.error().message;
    EXPECT_EQ(outputs->front().datum.array.dtype, DType::float64);
    EXPECT_EQ(outputs->front().datum.array.values.front(), 1.0 + 1e-12);
  }
}

TEST(Executor, ConstantsAndInputsMayBeOutputs) {
  GraphMaker maker;
  maker.input("x", "2").numbers("c", {3, 4}).node("Neg", {"x"}, {"y"}).output("c").output("y").output("x");
  const Prepared net{maker};
  EXPECT_EQ(run(*net.executor, {{"x", "float32[2] 1 2"}}),
            "c: int64[2] 3 4, y: float32[2] -1 -2, x: float32[2] 1 2");
}

TEST(Executor, SubgraphsReadWhatStandsAroundThem) {
  GraphMaker maker;
  maker.input("x", "2")
      .input("condition", "", DType::boolean)
      .node("Neg", {"x"}, {"n"})
      .numbers("three", {3, 3})
      .node(
          "If", {"condition"}, {"z"},
          {attribute("then_branch", GraphMaker{}.node("Add", {"n", "x"}, {"t"}).output("t").graph()),
           attribute("else_branch",
                     GraphMaker{}.node("Cast", {"three"}, {"e"}, {attribute("to", 1)}).output("e").graph())})
      .node("Exp", {"z"}, {"y"})
      .output("y");
  const Prepared net{maker};
  EXPECT_EQ(net.executor->interpreted().size(), 1U);
  EXPECT_EQ(run(*net.executor, {{"condition", "bool[] 1"}, {"x", "float32[2] 1 2"}}), "y: float32[2] 1 1");
  EXPECT_EQ(run(*net.executor, {{"condition", "bool[] 0"}, {"x", "float32[2] 1 2"}}),
            "y: float32[2] 20.0855 20.0855");
}

TEST(Executor, SequencesMayBeOutputs) {
  GraphMaker maker;
  maker.input("x", "2").node("Neg", {"x"}, {"n"}).node("SequenceConstruct", {"x", "n"}, {"y"}).output("y");
  const Prepared net{maker};
  EXPECT_EQ(run(*net.executor, {{"x", "float32[2] 1 2"}}), "y: (float32[2] 1 2; float32[2] -1 -2)");
}

TEST(Executor, NamesTheInputThatIsWrong) {
  GraphMaker maker;
  maker.input("x", "1x4")
      .input("ids", "2", DType::int64)
      .node("Neg", {"x"}, {"y"})
      .node("Neg", {"ids"}, {"z"})
      .output("y")
      .output("z");
  const Prepared net{maker};
  const std::string x = "float32[1,4] 1 2 3 4";
  const std::string ids = "int32[2] 1 2";
  EXPECT_EQ(run(*net.executor, {{"x", x}, {"ids", ids}}), "y: float32[1,4] -1 -2 -3 -4, z: int64[2] -1 -2");
  EXPECT_EQ(run(*net.executor, {{"x", x}}), "error: input 'ids' (2:int64) is missing");
  EXPECT_EQ(run(*net.executor, {{"x", x}, {"ids", ids}, {"idz", ids}}),
            "error: the net has no input 'idz'; its inputs are x, ids");
  EXPECT_EQ(run(*net.executor, {{"x", "float32[4] 1 2 3 4"}, {"ids", ids}}),
            "error: input 'x' is 1x4 of float32, but 4 of float32 was given");
  EXPECT_EQ(run(*net.executor, {{"x", x}, {"ids", "float32[2] 1 2"}}),
            "error: input 'ids' is 2 of int64, but 2 of float32 was given");
  const auto refused = outputs_of(*net.executor, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::usage);
}

TEST(Executor, NamesTheModelAndTheNodeThatCannotRun) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x2").weight("w", {2, 2}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  auto file = file_of(maker.model(), elements);
  const auto backend = open_backend("reference").value();
  const auto executor = Executor::prepare(file, *backend);
  ASSERT_FALSE(executor);
  EXPECT_EQ(executor.error().code, Errc::bad_input);
  EXPECT_THAT(executor.error().message, HasSubstr("model.onnx: "));
  EXPECT_THAT(
      executor.error().message,
      HasSubstr("node 'y' (MatMul): tensor 'w' has no elements in the file: its weights were stripped"));

  GraphMaker strange;
  strange.input("x", "2").node("Frobnicate", {"x"}, {"y"}).of_domain("my.own").output("y");
  const Prepared net{strange};
  EXPECT_THAT(run(*net.executor, {{"x", "float32[2] 1 2"}}),
              HasSubstr("node 'y': operator my.own::Frobnicate is not computed here"));
}

TEST(Executor, ValuesThatNobodyReadsAnyMoreAreLetGo) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers keep memory that was let go";
#endif
  const auto peak = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;  // MB
  };
  constexpr std::int64_t elements = 1 << 17;  // 1 MB as doubles
  GraphMaker maker;
  maker.input("x", "1x" + std::to_string(elements)).numbers("lengths", {elements});
  std::string last = "x";
  for (int i = 0; i < 300; ++i) {
    reverse(maker, last, "lengths", "s" + std::to_string(i));
    last = "s" + std::to_string(i);
  }
  maker.node("Neg", {last}, {"y"}).output("y");
  const Prepared net{maker};
  const auto before = peak();
  const auto outputs = net.executor->run({{"x", zeros(DType::float32, Shape{1, elements})}});
  ASSERT_TRUE(outputs) << outputs.error().message;
  EXPECT_LT(peak() - before, 100);
}

TEST(Executor, RunsNetsThatAreNoModels) {
  const auto net = parse_net_text(
      "input x 1x2x4x4\nc = conv:filters=3,kernel=3 x\nn = norm:batch c\nr = act:relu n\n"
      "f = fc:features=2 r\n",
      "net.txt");
  ASSERT_TRUE(net) << net.error().message;
  const RandomWeights weights{1};
  std::vector<Array> made;
  for (const auto* device : {"reference", "onednn:threads=1,isa=sse41"}) {
    const auto backend = open_backend(device).value();
    const auto executor = Executor::prepare(*net, weights, *backend);
    ASSERT_TRUE(executor) << executor.error().message;
    EXPECT_EQ((*executor)->interpreted().size(), 0U);
    auto x = zeros(DType::float32, Shape{1, 2, 4, 4});
    for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] = static_cast<double>(i % 5) - 2.0;
    const auto outputs = (*executor)->run({{"x", x}});
    ASSERT_TRUE(outputs) << outputs.error().message;
    ASSERT_EQ(outputs->front().name, "f");
    made.push_back(outputs->front().datum.array);
  }
  for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(made[0].values[i], made[1].values[i], 1e-4);
}

}  // namespace
}  // namespace ns
