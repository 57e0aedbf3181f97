#include "partition/block.hpp"

#include "small_net.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Costs grouped(const std::vector<std::vector<std::string>>& groups) {
  Costs costs;
  for (const auto& layers : groups) {
    GroupCost group;
    group.layers = layers;
    group.time = Seconds{1.0};
    costs.groups.push_back(group);
  }
  return costs;
}

std::vector<std::vector<std::string>> names(const Net& net, const BlockGraph& graph) {
  std::vector<std::vector<std::string>> blocks;
  for (const auto& block : graph.blocks) {
    blocks.emplace_back();
    for (const auto layer : block.layers) blocks.back().push_back(net.layers[layer].name);
  }
  return blocks;
}

Net chain() {
  return test::small_net({{"x", 1}}, {{"a", {"x"}}, {"b", {"a"}}, {"c", {"b"}}, {"d", {"c"}}, {"e", {"d"}}});
}

TEST(Blocks, AreTheUnionOfBothSidesGroups) {
  const auto net = chain();
  const auto graph =
      make_blocks(net, grouped({{"a", "b"}, {"c"}, {"d"}, {"e"}}), grouped({{"a"}, {"b", "c"}, {"d"}, {"e"}}))
          .value();
  EXPECT_THAT(names(net, graph), ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("d"), ElementsAre("e")));
  EXPECT_EQ(graph.blocks[0].device, Seconds{2.0});
  EXPECT_EQ(graph.blocks[0].server, Seconds{2.0});
  EXPECT_THAT(graph.warnings, IsEmpty());
}

TEST(Blocks, OnACycleAreOne) {
  const auto net = test::small_net({{"x", 1}}, {{"a", {"x"}}, {"b", {"a"}}, {"c", {"b"}}, {"d", {"c"}}});
  // a and c run together, and b stands between them.
  const auto graph =
      make_blocks(net, grouped({{"a", "c"}, {"b"}, {"d"}}), grouped({{"a"}, {"b"}, {"c"}, {"d"}})).value();
  EXPECT_THAT(names(net, graph), ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("d")));
  EXPECT_THAT(graph.warnings, ElementsAre(HasSubstr("form a cycle")));
}

TEST(Blocks, OfCrossedGroupsAreOneEvenWhereNoSingleGroupIsAtFault) {
  const auto net = test::small_net({{"x", 1}}, {{"a", {"x"}}, {"b", {"a"}}, {"p", {"x"}}, {"q", {"p"}}});
  // a with q and p with b: each runs, both together wait for each other.
  const auto graph =
      make_blocks(net, grouped({{"a", "q"}, {"b"}, {"p"}}), grouped({{"a"}, {"q"}, {"p", "b"}})).value();
  EXPECT_THAT(names(net, graph), ElementsAre(ElementsAre("a", "b", "p", "q")));
}

TEST(Blocks, TakeInLayersThatCostNothing) {
  const auto net = test::small_net(
      {{"x", 4}}, {{"in", {"x"}, 4, true}, {"a", {"in"}, 4}, {"drop", {"a"}, 4, true}, {"b", {"drop"}, 4}});
  const auto graph = make_blocks(net, grouped({{"a"}, {"b"}}), grouped({{"a"}, {"b"}})).value();
  EXPECT_THAT(names(net, graph), ElementsAre(ElementsAre("in"), ElementsAre("a", "drop"), ElementsAre("b")));
  EXPECT_FALSE(graph.blocks[0].runs);
  EXPECT_TRUE(graph.blocks[1].runs);
}

TEST(Blocks, HoldAllWhoShareATensorThatNeverCrosses) {
  auto net = test::small_net({{"x", 1}}, {{"a", {"x"}}, {"b", {"a"}}, {"c", {"a"}}, {"d", {"b"}}});
  net.tensors[net.layers[0].outputs[0]].crosses = false;
  const auto costs = grouped({{"a"}, {"b"}, {"c"}, {"d"}});
  const auto graph = make_blocks(net, costs, costs).value();
  EXPECT_THAT(names(net, graph), ElementsAre(ElementsAre("a", "b", "c"), ElementsAre("d")));
}

TEST(Blocks, SendAPassedOnTensorOnce) {
  const auto net = test::small_net(
      {{"x", 4}}, {{"a", {"x"}, 4}, {"drop", {"a"}, 4, true}, {"b", {"drop"}, 4}, {"c", {"a"}, 4}});
  const auto graph = make_blocks(net, grouped({{"a"}, {"b"}, {"c"}}), grouped({{"a"}, {"b"}, {"c"}})).value();
  int sent = 0;
  for (const auto& tensor : graph.tensors)
    if (tensor.producer == BlockId{0} && !tensor.consumers.empty()) {
      ++sent;
      EXPECT_THAT(tensor.consumers, ElementsAre(1, 2));
    }
  EXPECT_EQ(sent, 1);
}

TEST(Blocks, NeedEveryLayerThatRunsOnce) {
  const auto net = chain();
  const auto all = grouped({{"a"}, {"b"}, {"c"}, {"d"}, {"e"}});
  const auto missing = make_blocks(net, all, grouped({{"a"}, {"b"}, {"c"}, {"d"}}));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::bad_input);
  EXPECT_THAT(missing.error().message, HasSubstr("costs of the server: layer 'e' is missing"));
  const auto twice = make_blocks(net, grouped({{"a", "b"}, {"b"}, {"c"}, {"d"}, {"e"}}), all);
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "costs of the device: layer 'b' stands twice");
  const auto unknown = make_blocks(net, grouped({{"a"}, {"b"}, {"c"}, {"d"}, {"e"}, {"conv"}}), all);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "costs of the device: the net has no layer 'conv'");
}

}  // namespace
}  // namespace ns
