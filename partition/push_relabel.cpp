// Goldberg and Tarjan's push-relabel, the first of its two phases: it ends when no excess can reach the sink,
// which is all that a cut needs. Highest label first, with the gap rule and global relabelling (Cherkassky
// and Goldberg, Algorithmica 19, 1997).
#include "partition/residual.hpp"

#include <algorithm>

namespace ns {
namespace {

using Index = ResidualGraph::Index;

constexpr Index none = -1;

/// Vertices in doubly linked lists, one a label.
class Levels {
 public:
  explicit Levels(std::size_t vertices) : first_(vertices + 2, none), next_(vertices), previous_(vertices) {}

  void clear() { std::ranges::fill(first_, none); }
  [[nodiscard]] Index front(Index level) const { return first_[static_cast<std::size_t>(level)]; }
  [[nodiscard]] Index after(Index vertex) const { return next_[static_cast<std::size_t>(vertex)]; }

  void add(Index vertex, Index level) {
    auto& first = first_[static_cast<std::size_t>(level)];
    next_[static_cast<std::size_t>(vertex)] = first;
    previous_[static_cast<std::size_t>(vertex)] = none;
    if (first != none) previous_[static_cast<std::size_t>(first)] = vertex;
    first = vertex;
  }

  void remove(Index vertex, Index level) {
    const auto before = previous_[static_cast<std::size_t>(vertex)];
    const auto behind = next_[static_cast<std::size_t>(vertex)];
    if (before != none)
      next_[static_cast<std::size_t>(before)] = behind;
    else
      first_[static_cast<std::size_t>(level)] = behind;
    if (behind != none) previous_[static_cast<std::size_t>(behind)] = before;
  }

  void clear(Index level) { first_[static_cast<std::size_t>(level)] = none; }

 private:
  std::vector<Index> first_;
  std::vector<Index> next_;
  std::vector<Index> previous_;
};

class PushRelabel {
 public:
  explicit PushRelabel(ResidualGraph& graph)
      : graph_{graph},
        unreachable_{graph.vertices() + 1},
        label_(graph.terminal.size(), unreachable_),
        current_(graph.terminal.size()),
        excess_(graph.terminal.size(), 0),
        active_{graph.terminal.size()},
        quiet_{graph.terminal.size()} {
    for (Index vertex = 0; vertex < graph_.vertices(); ++vertex) {
      auto& terminal = graph_.terminal_of(vertex);
      if (terminal <= 0) continue;
      excess(vertex) = terminal;
      terminal = 0;
    }
  }

  void run() {
    const auto limit = std::int64_t{6} * graph_.vertices() + graph_.arcs() / 2;
    relabel_all();
    while (highest_ > 0) {
      const auto vertex = active_.front(highest_);
      if (vertex == none) {
        --highest_;
        continue;
      }
      active_.remove(vertex, highest_);
      discharge(vertex);
      if (work_ > limit) relabel_all();
    }
  }

 private:
  Index& label(Index vertex) { return label_[static_cast<std::size_t>(vertex)]; }
  Index& current(Index vertex) { return current_[static_cast<std::size_t>(vertex)]; }
  Capacity& excess(Index vertex) { return excess_[static_cast<std::size_t>(vertex)]; }

  void list(Index vertex) {
    if (excess(vertex) > 0) {
      active_.add(vertex, label(vertex));
      highest_ = std::max(highest_, label(vertex));
    } else {
      quiet_.add(vertex, label(vertex));
    }
    top_ = std::max(top_, label(vertex));
  }

  /// Exact distances to the sink.
  void relabel_all() {
    std::ranges::fill(label_, unreachable_);
    active_.clear();
    quiet_.clear();
    highest_ = 0;
    top_ = 0;
    work_ = 0;
    graph_.search_from_sink([&](Index vertex, Index distance) {
      label(vertex) = distance;
      current(vertex) = graph_.begin(vertex);
      list(vertex);
    });
  }

  /// Pushes along arcs one label down until nothing is left; false if there are no more such arcs.
  bool push_all(Index vertex) {
    auto& terminal = graph_.terminal_of(vertex);
    if (label(vertex) == 1 && terminal < 0) {
      const auto amount = std::min(excess(vertex), -terminal);
      terminal += amount;
      excess(vertex) -= amount;
      graph_.flow += amount;
    }
    auto& arc = current(vertex);
    while (excess(vertex) > 0 && arc < graph_.end(vertex)) {
      const auto to = graph_.to(arc);
      if (graph_.left(arc) > 0 && label(to) + 1 == label(vertex)) push(vertex, to, arc);
      if (excess(vertex) > 0) ++arc;
    }
    return excess(vertex) == 0;
  }

  void push(Index from, Index to, Index arc) {
    const auto amount = std::min(excess(from), graph_.left(arc));
    graph_.push(arc, amount);
    if (excess(to) == 0) {
      quiet_.remove(to, label(to));
      active_.add(to, label(to));
    }
    excess(to) += amount;
    excess(from) -= amount;
  }

  void discharge(Index vertex) {
    while (!push_all(vertex)) {
      const auto old = label(vertex);
      const auto raised = lowest_way_out(vertex);
      if (active_.front(old) == none && quiet_.front(old) == none) {
        close_gap(old);
        label(vertex) = unreachable_;
        return;
      }
      label(vertex) = raised;
      if (raised >= unreachable_) return;
      highest_ = std::max(highest_, raised);
      top_ = std::max(top_, raised);
    }
    quiet_.add(vertex, label(vertex));
  }

  /// One more than the lowest label that `vertex` has an arc to; its arcs start there.
  Index lowest_way_out(Index vertex) {
    constexpr std::int64_t work_of_a_relabel = 12;
    work_ += work_of_a_relabel + graph_.end(vertex) - graph_.begin(vertex);
    auto lowest = unreachable_;
    for (auto arc = graph_.begin(vertex); arc < graph_.end(vertex); ++arc) {
      if (graph_.left(arc) <= 0 || label(graph_.to(arc)) + 1 >= lowest) continue;
      lowest = label(graph_.to(arc)) + 1;
      current(vertex) = arc;
    }
    return lowest;
  }

  /// With no vertex left at `level`, none above can reach the sink.
  void close_gap(Index level) {
    for (auto above = level + 1; above <= top_; ++above) {
      for (auto* levels : {&quiet_, &active_}) {
        for (auto vertex = levels->front(above); vertex != none; vertex = levels->after(vertex))
          label(vertex) = unreachable_;
        levels->clear(above);
      }
    }
    top_ = level - 1;
    highest_ = std::min(highest_, top_);
  }

  ResidualGraph& graph_;
  Index unreachable_;
  std::vector<Index> label_;
  std::vector<Index> current_;  // the arc to look at next
  std::vector<Capacity> excess_;
  Levels active_;  // with excess
  Levels quiet_;
  Index highest_ = 0;  // label of an active vertex, or above all of them
  Index top_ = 0;      // likewise of any vertex
  std::int64_t work_ = 0;
};

}  // namespace

void push_relabel(ResidualGraph& graph) { PushRelabel{graph}.run(); }

}  // namespace ns
