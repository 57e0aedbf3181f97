#include "partition/flow.hpp"

#include "partition/residual.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <random>

namespace ns {
namespace {

TEST(Flow, CutsATextbookNetwork) {
  // Cormen, Leiserson, Rivest and Stein's example: maximum flow 23.
  FlowNetwork network{4};
  network.add_from_source(0, 16);
  network.add_from_source(1, 13);
  network.add_arc(0, 2, 12, 0);
  network.add_arc(1, 0, 4, 0);
  network.add_arc(2, 1, 9, 0);
  network.add_arc(1, 3, 14, 0);
  network.add_arc(3, 2, 7, 0);
  network.add_to_sink(2, 20);
  network.add_to_sink(3, 4);
  const auto cut = network.minimum_cut();
  EXPECT_EQ(cut.value, 23);
  EXPECT_EQ(cut.on_source_side, (std::vector<bool>{true, true, false, true}));
}

TEST(Flow, LeavesWhatIsUndecidedToTheSource) {
  FlowNetwork network{2};
  network.add_from_source(0, 5);
  network.add_to_sink(0, 5);
  EXPECT_EQ(network.minimum_cut().value, 5);
  EXPECT_EQ(network.minimum_cut().on_source_side, (std::vector<bool>{true, true}));
}

FlowNetwork random_network(std::uint64_t seed, std::size_t vertices) {
  std::mt19937_64 random{seed};
  const auto below = [&](std::uint64_t limit) { return static_cast<std::int64_t>(random() % limit); };
  FlowNetwork network{vertices};
  for (FlowNetwork::Vertex vertex = 0; vertex < vertices; ++vertex) {
    if (below(3) == 0) network.add_from_source(vertex, below(100));
    if (below(3) == 0) network.add_to_sink(vertex, below(100));
    for (std::int64_t arc = below(4); arc > 0; --arc) {
      const auto to = static_cast<FlowNetwork::Vertex>(below(vertices));
      if (to != vertex) network.add_arc(vertex, to, below(60), below(5) == 0 ? unlimited : below(20));
    }
  }
  return network;
}

Capacity by_push_relabel(const FlowNetwork& network, std::int64_t steps_of_trees) {
  ResidualGraph graph{network};
  if (!augment_by_trees(graph, steps_of_trees)) push_relabel(graph);
  return graph.flow;
}

TEST(Flow, IsTheSameByTreesByPushingAndByBoth) {
  int handed_over = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const auto network = random_network(seed, 2 + seed);
    ResidualGraph trees{network};
    ASSERT_TRUE(augment_by_trees(trees, std::numeric_limits<std::int64_t>::max()));
    ResidualGraph pushing{network};
    push_relabel(pushing);
    EXPECT_EQ(pushing.flow, trees.flow) << "seed " << seed;
    ResidualGraph first{network};
    if (!augment_by_trees(first, 100)) ++handed_over;
    EXPECT_EQ(by_push_relabel(network, 100), trees.flow) << "seed " << seed;
    EXPECT_EQ(network.minimum_cut().value, trees.flow) << "seed " << seed;
  }
  EXPECT_GT(handed_over, 100);
}

TEST(Flow, OfALongChainTakesNoLongerThanItsLength) {
  // Search trees alone fill one way after another, each longer than the last.
  constexpr FlowNetwork::Vertex length = 30000;
  FlowNetwork network{length};
  network.add_from_source(0, Capacity{length} * 10);
  for (FlowNetwork::Vertex vertex = 0; vertex < length; ++vertex) {
    network.add_to_sink(vertex, 10);
    if (vertex > 0) network.add_arc(vertex - 1, vertex, Capacity{length - vertex} * 10 + 5, unlimited);
  }
  EXPECT_EQ(network.minimum_cut().value, Capacity{length} * 10);
}

}  // namespace
}  // namespace ns
