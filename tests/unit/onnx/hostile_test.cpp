// Models that are small and ask for much: inference stays within time and memory that their size explains.
#include "graph_maker.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace ns::onnx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

GraphMaker relu() { return GraphMaker{}.input("x", "1x3").node("Relu", {"x"}, {"y"}).output("y"); }

// Compared element by element, each pair would take three times as long as the one before it.
TEST(HostileModel, MakesNoSequencesOfSequences) {
  auto net = relu();
  net.node("SequenceConstruct", {"x", "x"}, {"s0"}).node("SequenceConstruct", {"x", "x"}, {"t0"});
  for (int i = 1; i < 60; ++i) {
    net.node("SequenceConstruct", {fmt::format("s{}", i - 1), fmt::format("t{}", i - 1)},
             {fmt::format("s{}", i)});
    net.node("SequenceConstruct", {fmt::format("t{}", i - 1), fmt::format("s{}", i - 1)},
             {fmt::format("t{}", i)});
  }
  net.number("first", 0)
      .node("SequenceAt", {"s0", "first"}, {"known"})
      .node("SequenceAt", {"s59", "first"}, {"unknown"});
  const auto inferred = net.inferred();
  EXPECT_EQ(shape_of(inferred, "known"), "1x3");
  EXPECT_EQ(shape_of(inferred, "unknown"), "rank?");
}

// Facts that hold one another that deep cannot be taken apart on any stack.
TEST(HostileModel, NestsNoOptionals) {
  constexpr int depth = 60'000;
  auto net = relu();
  for (int i = 0; i < depth; ++i)
    net.node("Optional", {i == 0 ? "x" : std::to_string(i - 1)}, {std::to_string(i)});
  net.node("OptionalGetElement", {"0"}, {"known"});
  EXPECT_EQ(shape_of(net.inferred(), "known"), "1x3");
}

// Each sum holds 4096 numbers: 300 MB of them, from a file of 60 kB.
TEST(HostileModel, ForgetsElementsThatAreTooMany) {
  auto net = relu().numbers("ones", std::vector<std::int64_t>(4096, 1));
  for (int i = 0; i < 2000; ++i)
    net.node("Add", {i == 0 ? "ones" : std::to_string(i - 1), "ones"}, {std::to_string(i)});
  const auto inferred = net.inferred();
  EXPECT_NE(inferred.facts.at("100").value, nullptr);
  EXPECT_EQ(inferred.facts.at("1999").value, nullptr);
  EXPECT_EQ(shape_of(inferred, "1999"), "4096");
  EXPECT_THAT(inferred.warnings, ElementsAre(HasSubstr("(4194304 together")));
}

// Sixty-four runs of a body of 500 nodes would make 131 million numbers.
TEST(HostileModel, RunsBodiesThatMakeManyElementsLessOften) {
  GraphMaker body;
  body.untyped("i").untyped("go").untyped("state");
  body.node("Identity", {"go"}, {"goes_on"})
      .node("Concat", {"state", "one"}, {"longer"}, {attribute("axis", 0)});
  for (int i = 0; i < 500; ++i) body.node("Add", {"ones", "ones"}, {std::to_string(i)});
  body.output("goes_on").output("longer");
  auto net =
      relu().numbers("ones", std::vector<std::int64_t>(4096, 1)).numbers("one", {1}).number("trips", 60);
  const auto inferred =
      net.node("Loop", {"trips", "", "one"}, {"z"}, {attribute("body", body.graph())}).inferred();
  EXPECT_EQ(shape_of(inferred, "z"), "?") << "after all runs it were 61";
}

TEST(HostileModel, FollowsFewExpressions) {
  auto net = GraphMaker{}.input("x", "nxheightxwidthx3").node("Shape", {"x"}, {"s1"}).output("y");
  for (int i = 1; i < 200; i *= 2) {
    const auto half = fmt::format("s{}", i);
    net.node("Concat", {half, half}, {fmt::format("s{}", 2 * i)}, {attribute("axis", 0)});
  }
  const auto inferred = net.node("Relu", {"x"}, {"y"}).inferred();
  EXPECT_NE(inferred.facts.at("s64").value, nullptr) << "64 heights and 64 widths";
  EXPECT_EQ(inferred.facts.at("s128").value, nullptr);
  EXPECT_EQ(shape_of(inferred, "s256"), "1024");
}

TEST(HostileModel, RefusesTensorsOfMoreAxesThanAnyHas) {
  const auto net =
      relu().numbers("ones", std::vector<std::int64_t>(65, 1)).node("ConstantOfShape", {"ones"}, {"z"});
  EXPECT_EQ(net.error(),
            "node 'z' (ConstantOfShape): its output 'z' would have 65 axes; at most 64 are supported");
}

TEST(HostileModel, RefusesNegativeExtents) {
  const auto tiled = relu().numbers("twice", {2, -1}).node("Tile", {"x", "twice"}, {"z"});
  EXPECT_EQ(tiled.error(), "node 'z' (Tile): its output 'z' would be 2x-3; no extent is negative");
  const auto window = relu().number("length", -1).node("HannWindow", {"length"}, {"z"});
  EXPECT_THAT(window.error(), HasSubstr("no extent is negative"));
}

// Every sum is made of all weights before it: 20,000 lists of as many would be 1.6 GB.
TEST(HostileModel, CountsWeightsOfAChainWithoutListingThemAtEachLink) {
  constexpr int links = 20'000;
  GraphMaker net;
  net.input("x", "1x3");
  for (int i = 0; i < links; ++i) {
    const auto weight = fmt::format("w{}", i);
    net.weight(weight, {1, 3})
        .node("Add", {weight, i == 0 ? weight : std::to_string(i - 1)}, {std::to_string(i)});
  }
  const auto inferred = net.node("Add", {"x", std::to_string(links - 1)}, {"y"}).output("y").inferred();
  EXPECT_EQ(inferred.parameters, 3 * links);
  EXPECT_EQ(inferred.costs.back().parameters, 3 * links);
}

}  // namespace
}  // namespace ns::onnx
