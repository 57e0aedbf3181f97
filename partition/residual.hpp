/// What is left of a network's capacities while flow is pushed through it.
#pragma once

#include "partition/flow.hpp"

#include <cstdint>
#include <vector>

namespace ns {

class ResidualGraph {
 public:
  using Index = std::int32_t;  // of a vertex, or of an arc; negative values have a meaning of their own

  explicit ResidualGraph(const FlowNetwork& network);

  [[nodiscard]] Index vertices() const { return static_cast<Index>(terminal.size()); }
  [[nodiscard]] Index arcs() const { return static_cast<Index>(head.size()); }
  [[nodiscard]] Index begin(Index vertex) const { return first[static_cast<std::size_t>(vertex)]; }
  [[nodiscard]] Index end(Index vertex) const { return first[static_cast<std::size_t>(vertex) + 1]; }

  [[nodiscard]] Index to(Index arc) const { return head[static_cast<std::size_t>(arc)]; }
  [[nodiscard]] Index back(Index arc) const { return reverse[static_cast<std::size_t>(arc)]; }
  [[nodiscard]] Capacity& left(Index arc) { return residual[static_cast<std::size_t>(arc)]; }
  [[nodiscard]] Capacity left(Index arc) const { return residual[static_cast<std::size_t>(arc)]; }
  [[nodiscard]] Capacity& terminal_of(Index vertex) { return terminal[static_cast<std::size_t>(vertex)]; }
  [[nodiscard]] Capacity terminal_of(Index vertex) const {
    return terminal[static_cast<std::size_t>(vertex)];
  }

  void push(Index arc, Capacity amount) {
    left(arc) -= amount;
    left(back(arc)) += amount;
  }

  /// Vertices that can still send to the sink, nearest first; `visit(vertex, distance)` for each.
  template <class Visit>
  void search_from_sink(const Visit& visit) const;

  // Arcs sorted by their tail: those of vertex v are first[v] to first[v + 1].
  std::vector<Index> first;
  std::vector<Index> head;
  std::vector<Index> reverse;
  std::vector<Capacity> residual;
  // Above 0: what the source can still send to the vertex; below 0: what the vertex can still send to the
  // sink.
  std::vector<Capacity> terminal;
  Capacity flow = 0;
};

template <class Visit>
void ResidualGraph::search_from_sink(const Visit& visit) const {
  std::vector<Index> distance(terminal.size(), 0);  // 0: not yet seen
  std::vector<Index> queue;
  queue.reserve(terminal.size());
  const auto reach = [&](Index vertex, Index steps) {
    distance[static_cast<std::size_t>(vertex)] = steps;
    queue.push_back(vertex);
    visit(vertex, steps);
  };
  for (Index vertex = 0; vertex < vertices(); ++vertex)
    if (terminal_of(vertex) < 0) reach(vertex, 1);
  for (std::size_t next = 0; next < queue.size(); ++next) {
    const auto vertex = queue[next];
    const auto steps = distance[static_cast<std::size_t>(vertex)] + 1;
    for (auto arc = begin(vertex); arc < end(vertex); ++arc)
      if (distance[static_cast<std::size_t>(to(arc))] == 0 && left(back(arc)) > 0) reach(to(arc), steps);
  }
}

/// Search trees from both ends; false if more than `budget` steps were spent before the flow was maximal.
bool augment_by_trees(ResidualGraph& graph, std::int64_t budget);

/// Pushes all that can reach the sink there, starting from any flow. What the source then cannot send stays
/// as excess where it is, so `terminal` above 0 no longer tells it.
void push_relabel(ResidualGraph& graph);

}  // namespace ns
