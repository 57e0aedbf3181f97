#include "partition/flow.hpp"

#include "partition/residual.hpp"

#include <algorithm>

namespace ns {

ResidualGraph::ResidualGraph(const FlowNetwork& network)
    : first(network.from_source_.size() + 1, 0),
      head(2 * network.arcs_.size()),
      reverse(head.size()),
      residual(head.size()),
      terminal(network.from_source_.size()) {
  for (const auto& arc : network.arcs_) {
    ++first[arc.from + 1];
    ++first[arc.to + 1];
  }
  for (std::size_t vertex = 0; vertex < terminal.size(); ++vertex) first[vertex + 1] += first[vertex];
  std::vector<Index> next(first.begin(), first.end() - 1);
  for (const auto& arc : network.arcs_) {
    const auto there = static_cast<std::size_t>(next[arc.from]++);
    const auto back_again = static_cast<std::size_t>(next[arc.to]++);
    head[there] = static_cast<Index>(arc.to);
    head[back_again] = static_cast<Index>(arc.from);
    reverse[there] = static_cast<Index>(back_again);
    reverse[back_again] = static_cast<Index>(there);
    residual[there] = arc.forward;
    residual[back_again] = arc.backward;
  }
  for (std::size_t vertex = 0; vertex < terminal.size(); ++vertex) {
    terminal[vertex] = network.from_source_[vertex] - network.to_sink_[vertex];
    flow += std::min(network.from_source_[vertex], network.to_sink_[vertex]);
  }
}

FlowNetwork::MinimumCut FlowNetwork::minimum_cut() const {
  constexpr std::int64_t steps_per_arc = 30;
  ResidualGraph graph{*this};
  const auto size = static_cast<std::int64_t>(from_source_.size() + arcs_.size());
  if (!augment_by_trees(graph, steps_per_arc * size)) push_relabel(graph);
  MinimumCut cut{graph.flow, std::vector<bool>(from_source_.size(), true)};
  graph.search_from_sink([&](ResidualGraph::Index vertex, ResidualGraph::Index) {
    cut.on_source_side[static_cast<std::size_t>(vertex)] = false;
  });
  return cut;
}

}  // namespace ns
