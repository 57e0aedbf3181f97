#include "partition/components.hpp"

#include <algorithm>

namespace ns {
namespace {

constexpr auto unset = static_cast<std::uint32_t>(-1);

class Tarjan {
 public:
  explicit Tarjan(const Graph& graph)
      : graph_{graph}, index_(graph.size(), unset), low_(graph.size(), 0), root_(graph.size(), unset) {}

  /// A representative of the component of each vertex: its smallest vertex.
  std::vector<std::uint32_t> run() {
    for (std::uint32_t vertex = 0; vertex < graph_.size(); ++vertex)
      if (index_[vertex] == unset) visit(vertex);
    return root_;
  }

 private:
  struct Frame {
    std::uint32_t vertex;
    std::size_t next;  // target to look at
  };

  void enter(std::uint32_t vertex) {
    index_[vertex] = low_[vertex] = time_++;
    open_.push_back(vertex);
    frames_.push_back(Frame{vertex, 0});
  }

  void visit(std::uint32_t start) {
    enter(start);
    while (!frames_.empty()) {
      auto& frame = frames_.back();
      const auto vertex = frame.vertex;
      if (frame.next < graph_[vertex].size()) {
        const auto target = graph_[vertex][frame.next++];
        if (index_[target] == unset)
          enter(target);
        else if (root_[target] == unset)
          low_[vertex] = std::min(low_[vertex], index_[target]);
        continue;
      }
      frames_.pop_back();
      if (!frames_.empty()) low_[frames_.back().vertex] = std::min(low_[frames_.back().vertex], low_[vertex]);
      if (low_[vertex] == index_[vertex]) close(vertex);
    }
  }

  void close(std::uint32_t vertex) {
    const auto first = std::find(open_.rbegin(), open_.rend(), vertex).base() - 1;
    const auto smallest = *std::min_element(first, open_.end());
    for (auto member = first; member != open_.end(); ++member) root_[*member] = smallest;
    open_.erase(first, open_.end());
  }

  const Graph& graph_;
  std::vector<std::uint32_t> index_;
  std::vector<std::uint32_t> low_;
  std::vector<std::uint32_t> root_;
  std::vector<std::uint32_t> open_;
  std::vector<Frame> frames_;
  std::uint32_t time_ = 0;
};

}  // namespace

Components strongly_connected_components(const Graph& graph) {
  const auto roots = Tarjan{graph}.run();
  Components components{std::vector<std::uint32_t>(graph.size(), 0), 0};
  for (std::uint32_t vertex = 0; vertex < graph.size(); ++vertex) {
    const auto root = roots[vertex];  // at most `vertex`, so its number is known
    components.of[vertex] =
        root == vertex ? static_cast<std::uint32_t>(components.count++) : components.of[root];
  }
  return components;
}

}  // namespace ns
