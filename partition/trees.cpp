// Boykov and Kolmogorov, "An Experimental Comparison of Min-Cut/Max-Flow Algorithms", PAMI 26 (2004): two
// trees grow from source and sink until they meet; the way through is filled, and what it cuts off is adopted
// again.
#include "partition/residual.hpp"

#include <algorithm>
#include <deque>
#include <limits>

namespace ns {
namespace {

using Index = ResidualGraph::Index;

// Values of Node::parent that are no arc.
constexpr Index free_node = -1;
constexpr Index root = -2;
constexpr Index orphan = -3;

struct Node {
  Index parent = free_node;  // the arc towards it
  Index distance = 0;        // to the root, as of `stamp`
  std::int64_t stamp = 0;
  bool sink_tree = false;
  bool queued = false;
};

class SearchTrees {
 public:
  SearchTrees(ResidualGraph& graph, std::int64_t budget)
      : graph_{graph}, budget_{budget}, nodes_(graph.terminal.size()) {
    for (Index vertex = 0; vertex < graph_.vertices(); ++vertex) {
      if (graph_.terminal_of(vertex) == 0) continue;
      auto& self = node(vertex);
      self.parent = root;
      self.distance = 1;
      self.sink_tree = graph_.terminal_of(vertex) < 0;
      activate(vertex);
    }
  }

  bool run() {
    while (true) {
      const auto vertex = next_active();
      if (vertex == free_node) return true;
      const auto bridge = grow(vertex);
      ++time_;
      if (bridge == free_node) continue;
      current_ = vertex;  // it may reach the other tree in more places
      augment(bridge);
      while (!orphans_.empty()) {
        const auto lost = orphans_.front();
        orphans_.pop_front();
        adopt(lost);
      }
      if (steps_ > budget_) return false;
    }
  }

 private:
  Node& node(Index vertex) { return nodes_[static_cast<std::size_t>(vertex)]; }

  void activate(Index vertex) {
    if (node(vertex).queued) return;
    node(vertex).queued = true;
    active_.push_back(vertex);
  }

  Index next_active() {
    const auto kept = current_;
    current_ = free_node;
    if (kept != free_node && node(kept).parent != free_node) return kept;
    while (!active_.empty()) {
      const auto vertex = active_.front();
      active_.pop_front();
      node(vertex).queued = false;
      if (node(vertex).parent != free_node) return vertex;
    }
    return free_node;
  }

  /// Capacity along `arc` of a vertex in a tree, in the direction in which that tree's flow goes outwards.
  [[nodiscard]] Capacity outward(Index arc, bool sink_tree) const {
    return sink_tree ? graph_.left(graph_.back(arc)) : graph_.left(arc);
  }

  /// Takes free neighbours into the tree of `vertex`; the arc, from the source's tree to the sink's, where
  /// the trees meet, or free_node.
  Index grow(Index vertex) {
    const auto self = node(vertex);
    steps_ += graph_.end(vertex) - graph_.begin(vertex);
    for (auto arc = graph_.begin(vertex); arc < graph_.end(vertex); ++arc) {
      if (outward(arc, self.sink_tree) <= 0) continue;
      auto& other = node(graph_.to(arc));
      const bool taken = other.parent == free_node;
      if (!taken && other.sink_tree != self.sink_tree) return self.sink_tree ? graph_.back(arc) : arc;
      if (taken) {
        other.sink_tree = self.sink_tree;
        activate(graph_.to(arc));
      } else if (other.stamp > self.stamp || other.distance <= self.distance) {
        continue;
      }
      other.parent = graph_.back(arc);
      other.stamp = self.stamp;
      other.distance = self.distance + 1;
    }
    return free_node;
  }

  /// The arc of a tree that flow takes between `vertex` and its parent.
  [[nodiscard]] Index flow_arc(Index parent, bool sink_tree) const {
    return sink_tree ? parent : graph_.back(parent);
  }

  /// The least capacity from `vertex` to its root.
  Capacity narrowest(Index vertex, bool sink_tree) {
    auto least = std::numeric_limits<Capacity>::max();
    for (; node(vertex).parent != root; vertex = graph_.to(node(vertex).parent)) {
      least = std::min(least, graph_.left(flow_arc(node(vertex).parent, sink_tree)));
      steps_ += 2;
    }
    const auto terminal = graph_.terminal_of(vertex);
    return std::min(least, sink_tree ? -terminal : terminal);
  }

  void fill(Index vertex, bool sink_tree, Capacity amount) {
    while (node(vertex).parent != root) {
      const auto parent = node(vertex).parent;
      const auto arc = flow_arc(parent, sink_tree);
      graph_.push(arc, amount);
      if (graph_.left(arc) == 0) cut_off(vertex);
      vertex = graph_.to(parent);
    }
    auto& terminal = graph_.terminal_of(vertex);
    terminal += sink_tree ? amount : -amount;
    if (terminal == 0) cut_off(vertex);
  }

  void cut_off(Index vertex) {
    node(vertex).parent = orphan;
    orphans_.push_front(vertex);
  }

  void augment(Index bridge) {
    const auto source_end = graph_.to(graph_.back(bridge));
    const auto sink_end = graph_.to(bridge);
    steps_ += 8;
    const auto amount =
        std::min({graph_.left(bridge), narrowest(source_end, false), narrowest(sink_end, true)});
    graph_.flow += amount;
    graph_.push(bridge, amount);
    fill(source_end, false, amount);
    fill(sink_end, true, amount);
  }

  /// Steps from `vertex` to its root, or nothing (-1) if it hangs on an orphan. Stamps the way, so that the
  /// next question is short.
  Index distance_to_root(Index vertex) {
    Index steps = 0;
    auto at = vertex;
    while (node(at).stamp != time_) {
      const auto parent = node(at).parent;
      ++steps;
      ++steps_;
      if (parent == orphan || parent == free_node) return -1;
      if (parent == root) {
        node(at).stamp = time_;
        node(at).distance = 1;
        steps -= 1;
        break;
      }
      at = graph_.to(parent);
    }
    const auto total = steps + node(at).distance;
    auto left = total;
    for (at = vertex; node(at).stamp != time_; at = graph_.to(node(at).parent)) {
      node(at).stamp = time_;
      node(at).distance = left--;
    }
    return total;
  }

  /// Finds `vertex` a new parent in its tree, the nearest to the root; else it becomes free and its children
  /// orphans.
  void adopt(Index vertex) {
    auto& self = node(vertex);
    auto nearest = free_node;
    auto least = std::numeric_limits<Index>::max();
    for (auto arc = graph_.begin(vertex); arc < graph_.end(vertex); ++arc) {
      const auto& other = node(graph_.to(arc));
      if (other.sink_tree != self.sink_tree || other.parent == free_node) continue;
      if (inward(arc, self.sink_tree) <= 0) continue;
      const auto distance = distance_to_root(graph_.to(arc));
      if (distance < 0 || distance >= least) continue;
      nearest = arc;
      least = distance;
    }
    self.parent = nearest;
    if (nearest == free_node) return set_free(vertex);
    self.stamp = time_;
    self.distance = least + 1;
  }

  [[nodiscard]] Capacity inward(Index arc, bool sink_tree) const { return outward(arc, !sink_tree); }

  void set_free(Index vertex) {
    const auto sink_tree = node(vertex).sink_tree;
    for (auto arc = graph_.begin(vertex); arc < graph_.end(vertex); ++arc) {
      const auto neighbour = graph_.to(arc);
      auto& other = node(neighbour);
      if (other.sink_tree != sink_tree || other.parent == free_node) continue;
      if (inward(arc, sink_tree) > 0) activate(neighbour);
      if (other.parent >= 0 && graph_.to(other.parent) == vertex) {
        other.parent = orphan;
        orphans_.push_back(neighbour);
      }
    }
  }

  ResidualGraph& graph_;
  std::int64_t budget_;
  std::vector<Node> nodes_;
  std::deque<Index> active_;
  std::deque<Index> orphans_;
  Index current_ = free_node;
  std::int64_t time_ = 1;
  std::int64_t steps_ = 0;
};

}  // namespace

bool augment_by_trees(ResidualGraph& graph, std::int64_t budget) { return SearchTrees{graph, budget}.run(); }

}  // namespace ns
