#include "model_of.hpp"
#include "net/onnx/parse.hpp"

#include <gmock/gmock.h>

namespace ns::onnx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// "y = Conv x w".
std::string line(const Node& node) {
  std::string text;
  for (const auto& output : node.outputs) text += (text.empty() ? "" : " ") + output;
  text += " = " + node.op;
  for (const auto& input : node.inputs) text += " " + (input.empty() ? "-" : input);
  return text;
}

std::vector<std::string> lines(const Graph& graph) {
  std::vector<std::string> result;
  for (const auto& node : graph.nodes) result.push_back(line(node));
  return result;
}

std::vector<std::string> names(const Graph& graph) {
  std::vector<std::string> result;
  for (const auto& node : graph.nodes) result.push_back(node.name);
  return result;
}

const Graph& branch(const Node& node, std::string_view name) {
  for (const auto& attribute : node.attributes)
    if (attribute.name == name) return *attribute.graphs.at(0);
  ADD_FAILURE() << "no " << name;
  return *node.attributes.at(0).graphs.at(0);
}

Node node(std::string op, std::vector<std::string> inputs, std::vector<std::string> outputs,
          std::string name = {}) {
  Node made;
  made.op = std::move(op);
  made.inputs = std::move(inputs);
  made.outputs = std::move(outputs);
  made.name = std::move(name);
  return made;
}

ValueInfo value(std::string name) {
  ValueInfo info;
  info.name = std::move(name);
  return info;
}

Model model_of(std::vector<Node> nodes) {
  Model model;
  model.opsets = {{"", 17}};
  model.graph.inputs = {value("x")};
  model.graph.nodes = std::move(nodes);
  return model;
}

Function function(std::string name, std::vector<Node> nodes) {
  Function made;
  made.domain = "local";
  made.name = std::move(name);
  made.inputs = {"x"};
  made.outputs = {"y"};
  made.nodes = std::move(nodes);
  return made;
}

Node call(std::string function, std::vector<std::string> inputs, std::vector<std::string> outputs,
          std::string name = {}) {
  auto made = node(std::move(function), std::move(inputs), std::move(outputs), std::move(name));
  made.domain = "local";
  return made;
}

std::string flatten_error(Model model) {
  const auto done = flatten(model);
  return done ? std::string{} : done.error().message;
}

TEST(Flatten, PutsFunctionsInPlace) {
  const auto model = flat("functions");
  // The graph has a tensor "first/c" of its own, and two calls of one name.
  EXPECT_THAT(lines(model.graph),
              ElementsAre("first/c#2 = Conv x w1", "c = Relu first/c#2", "first#2/c = Conv c w2",
                          "first/c = Relu first#2/c", "y = Relu first/c"));
  EXPECT_THAT(names(model.graph), ElementsAre("first/conv", "c", "first#2/conv", "first/c", "y"));
}

TEST(Flatten, FillsInAttributesOfTheCall) {
  const auto model = flat("functions");
  const auto& by_default = model.graph.nodes[0].attributes;
  ASSERT_EQ(by_default.size(), 1U);  // strides: neither given nor a default
  EXPECT_EQ(by_default[0].name, "pads");
  EXPECT_EQ(by_default[0].reference, "");
  EXPECT_THAT(by_default[0].integers, ElementsAre(1, 1, 1, 1));
  const auto& given = model.graph.nodes[2].attributes;
  ASSERT_EQ(given.size(), 2U);
  EXPECT_THAT(given[0].integers, ElementsAre(0, 0, 0, 0));
  EXPECT_EQ(given[1].name, "strides");
  EXPECT_THAT(given[1].integers, ElementsAre(2, 2));
}

TEST(Flatten, PutsFunctionsOfFunctionsInPlace) {
  const auto model = flat("nested_functions");
  EXPECT_THAT(lines(model.graph),
              UnorderedElementsAre("outer/choose/h = Exp x", "outer/a = If cond", "outer/b = Identity x",
                                   "outer/c = Gelu outer/a", "outer/d = Relu outer/b",
                                   "o = Mul outer/c outer/d", "y = If cond"));
  EXPECT_EQ(model.opset("com.microsoft"), 1);
  EXPECT_EQ(model.opset("local"), 1);
}

TEST(Flatten, RenamesBranchesWithTheFunctionAroundThem) {
  const auto model = flat("nested_functions");
  for (const auto& candidate : model.graph.nodes) {
    if (candidate.op != "If" || candidate.outputs[0] != "outer/a") continue;
    EXPECT_THAT(lines(branch(candidate, "then_branch")),
                ElementsAre("outer/choose/t#2 = Add outer/choose/h x"));
    const auto& otherwise = branch(candidate, "else_branch");
    EXPECT_EQ(otherwise.nodes[0].inputs[0], "outer/choose/h");
    EXPECT_EQ(otherwise.outputs[0].name, otherwise.nodes[0].outputs[0]);
    return;
  }
  FAIL() << "no If";
}

TEST(Flatten, PutsFunctionsInPlaceInsideBranches) {
  const auto model = flat("nested_functions");
  EXPECT_THAT(lines(branch(model.graph.nodes.back(), "then_branch")), ElementsAre("p = Relu o"));
}

TEST(Flatten, SortsNodesBehindWhatTheyRead) {
  const auto model = flat("unordered");
  EXPECT_THAT(names(model.graph), ElementsAre("first", "late", "if", "last"));
  EXPECT_THAT(lines(branch(model.graph.nodes[2], "then_branch")), ElementsAre("n = Relu late", "m = Neg n"));
}

TEST(Flatten, KeepsAnOrderThatIsRight) {
  auto model = model_of(
      {node("A", {"x"}, {"a"}), node("B", {"x"}, {"b"}), node("C", {"b"}, {"c"}), node("D", {"a"}, {"d"})});
  ASSERT_TRUE(flatten(model));
  EXPECT_THAT(names(model.graph), ElementsAre("a", "b", "c", "d"));
}

TEST(Flatten, GivesNodesNamesOfTheirOwn) {
  EXPECT_THAT(names(flat("names").graph),
              ElementsAre("中文层名", "a,b\"c", "x;y", "relu", "relu#3", "y", "relu#2", "relu#4"));
}

TEST(Flatten, RefusesFunctionsThatCallThemselves) {
  auto model = model_of({call("f", {"x"}, {"y"})});
  model.functions = {function("f", {call("g", {"x"}, {"y"})}), function("g", {call("f", {"x"}, {"y"})})};
  EXPECT_EQ(flatten_error(model), "function local.f calls itself, which ONNX does not allow");
}

TEST(Flatten, RefusesFunctionsThatGrowWithoutBound) {
  auto model = model_of({call("f0", {"x"}, {"y"})});
  for (int i = 0; i < 40; ++i) {
    const auto next = "f" + std::to_string(i + 1);
    model.functions.push_back(
        function("f" + std::to_string(i), {call(next, {"x"}, {"a"}), call(next, {"a"}, {"y"})}));
  }
  model.functions.push_back(function("f40", {}));
  EXPECT_THAT(flatten_error(model), HasSubstr("functions called by functions make more than 128 MiB"));
}

TEST(Flatten, RefusesCallsWithTooMuch) {
  auto model = model_of({call("f", {"x", "x"}, {"y"}, "c")});
  model.functions = {function("f", {node("Relu", {"x"}, {"y"})})};
  EXPECT_EQ(flatten_error(model), "node 'c' (local.f) has 2 inputs, but the function has only 1");
}

TEST(Flatten, RefusesWhatNobodyMakes) {
  EXPECT_EQ(flatten_error(model_of({node("Relu", {"w"}, {"y"}, "r")})),
            "tensor 'w' is read by node 'r' (Relu), but no node, input or initializer makes it");
  auto with_output = model_of({node("Relu", {"x"}, {"y"})});
  with_output.graph.outputs = {value("z")};
  EXPECT_EQ(flatten_error(with_output),
            "tensor 'z' is read by an output of the graph, but no node, input or initializer makes it");
}

TEST(Flatten, NamesTheReaderInsideABranch) {
  auto inner = std::make_shared<Graph>();
  inner->nodes = {node("Relu", {"nowhere"}, {"t"}, "deep")};
  inner->outputs = {value("t")};
  auto outer = node("If", {"x"}, {"y"}, "if");
  outer.attributes.emplace_back();
  outer.attributes[0].name = "then_branch";
  outer.attributes[0].graphs = {inner};
  EXPECT_THAT(flatten_error(model_of({outer})), HasSubstr("'nowhere' is read by node 'deep' (Relu)"));
}

TEST(Flatten, RefusesTwoMakersOfOneTensor) {
  EXPECT_EQ(flatten_error(model_of({node("Relu", {"x"}, {"y"}, "a"), node("Abs", {"x"}, {"y"}, "b")})),
            "tensor 'y' is made by node 'a' (Relu) and by node 'b' (Abs)");
  EXPECT_EQ(flatten_error(model_of({node("Relu", {"x"}, {"x"}, "a")})),
            "tensor 'x' is an input or initializer and made by node 'a' (Relu) too");
}

TEST(Flatten, RefusesCycles) {
  EXPECT_THAT(flatten_error(model_of({node("A", {"x", "b"}, {"a"}), node("B", {"a"}, {"b"})})),
              HasSubstr("no cycles"));
  EXPECT_THAT(flatten_error(model_of({node("A", {"a"}, {"a"})})), HasSubstr("no cycles"));
}

TEST(Flatten, KeepsTheLastOfInitializersWithOneName) {
  auto model = model_of({node("Add", {"x", "w"}, {"y"})});
  TensorData first;
  first.name = "w";
  first.dims = {1};
  auto second = first;
  second.dims = {2};
  model.graph.initializers = {first, second};
  ASSERT_TRUE(flatten(model));
  ASSERT_EQ(model.graph.initializers.size(), 1U);
  EXPECT_THAT(model.graph.initializers[0].dims, ElementsAre(2));
}

TEST(Flatten, AssumesAnOpsetWhereNoneIsSaid) {
  auto model = model_of({node("Relu", {"x"}, {"y"})});
  model.opsets.clear();
  model.ir_version = 8;
  ASSERT_TRUE(flatten(model));
  EXPECT_EQ(model.opset(""), newest_opset);
  EXPECT_THAT(model.warnings, ElementsAre(HasSubstr("does not say which opset")));
}

TEST(Flatten, LeavesCallsOfUnknownFunctions) {
  auto model = model_of({call("f", {"x"}, {"y"})});
  ASSERT_TRUE(flatten(model));
  EXPECT_THAT(lines(model.graph), ElementsAre("y = f x"));
  EXPECT_THAT(model.warnings, IsEmpty());
}

}  // namespace
}  // namespace ns::onnx
