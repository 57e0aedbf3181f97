#include "net/onnx/order.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace ns::onnx {
namespace {

/// A tensor that a graph takes from the graphs around it, and who reads it there.
struct Taken {
  std::string name;
  std::string reader;
};

/// Orders one graph whose subgraphs are in order.
class Ordering {
 public:
  explicit Ordering(Graph& graph) : graph_{graph} {}

  /// What the graph takes from around it.
  Result<std::vector<Taken>> run();

 private:
  using Index = std::uint32_t;
  static constexpr Index given = ~Index{0};  // an input or initializer makes it

  Result<void> order_subgraphs();
  Result<void> find_makers();
  [[nodiscard]] Error two_makers(std::string_view name, Index first, Index second) const;
  void drop_doubles();
  void find_reads();
  /// `inner_reader` names the node of a subgraph that reads it.
  void read(std::string_view name, Index reader, std::string_view inner_reader = {});
  Result<void> sort();
  /// Puts the makers of what `root` reads, then `root`, behind `sorted`; false where it needs itself.
  bool visit(Index root, std::vector<Index>& sorted);

  Graph& graph_;
  std::unordered_map<Index, std::vector<Taken>> subgraph_reads_;
  std::unordered_map<std::string_view, Index> makers_;
  std::vector<Index> reads_;            // makers of what the nodes read, node after node
  std::vector<std::size_t> reads_end_;  // of each node
  bool is_sorted_ = true;
  enum class State : std::uint8_t { unseen, open, done };
  std::vector<State> states_;
  std::vector<Taken> taken_;
  std::unordered_set<std::string_view> taken_names_;
};

Result<std::vector<Taken>> order_graph(Graph& graph) { return Ordering{graph}.run(); }

Result<std::vector<Taken>> Ordering::run() {
  if (auto done = order_subgraphs(); !done) return tl::unexpected{std::move(done.error())};
  if (auto done = find_makers(); !done) return tl::unexpected{std::move(done.error())};
  find_reads();
  if (!is_sorted_)
    if (auto done = sort(); !done) return tl::unexpected{std::move(done.error())};
  return std::move(taken_);
}

Result<void> Ordering::order_subgraphs() {
  for (Index i = 0; i < graph_.nodes.size(); ++i)
    for (auto& attribute : graph_.nodes[i].attributes)
      for (auto& graph : attribute.graphs) {
        auto copy = std::make_shared<Graph>(*graph);
        auto taken = order_graph(*copy);
        if (!taken) return tl::unexpected{std::move(taken.error())};
        graph = std::move(copy);
        auto& reads = subgraph_reads_[i];
        std::ranges::move(*taken, std::back_inserter(reads));
      }
  return {};
}

Error Ordering::two_makers(std::string_view name, Index first, Index second) const {
  const auto& later = graph_.nodes[second];
  if (first == given)
    return {Errc::bad_input,
            fmt::format("tensor '{}' is an input or initializer and made by {} too", name, title(later))};
  return {Errc::bad_input,
          fmt::format("tensor '{}' is made by {} and by {}", name, title(graph_.nodes[first]), title(later))};
}

Result<void> Ordering::find_makers() {
  makers_.reserve(2 * graph_.nodes.size() + graph_.initializers.size() + graph_.inputs.size());
  for (const auto& input : graph_.inputs)
    if (!makers_.emplace(input.name, given).second)
      return bad_input(fmt::format("input '{}' is declared twice", input.name));
  std::size_t distinct = 0;
  for (const auto& tensor : graph_.initializers)
    distinct += makers_.emplace(tensor.name, given).second ? 1U : 0U;
  if (distinct != graph_.initializers.size()) drop_doubles();
  for (Index i = 0; i < graph_.nodes.size(); ++i)
    for (const auto& output : graph_.nodes[i].outputs) {
      if (output.empty()) continue;
      const auto [place, is_new] = makers_.emplace(output, i);
      if (!is_new) return tl::unexpected{two_makers(output, place->second, i)};
    }
  return {};
}

/// Of initializers with one name the last holds, as ONNX Runtime has it.
void Ordering::drop_doubles() {
  std::unordered_map<std::string_view, std::size_t> last;
  for (std::size_t i = 0; i < graph_.initializers.size(); ++i) last[graph_.initializers[i].name] = i;
  std::vector<TensorData> kept;
  kept.reserve(last.size());
  for (std::size_t i = 0; i < graph_.initializers.size(); ++i)
    if (last.at(graph_.initializers[i].name) == i) kept.push_back(graph_.initializers[i]);
  makers_.clear();
  graph_.initializers = std::move(kept);
  for (const auto& input : graph_.inputs) makers_.emplace(input.name, given);
  for (const auto& tensor : graph_.initializers) makers_.emplace(tensor.name, given);
}

void Ordering::find_reads() {
  reads_.reserve(2 * graph_.nodes.size());
  reads_end_.reserve(graph_.nodes.size());
  for (Index i = 0; i < graph_.nodes.size(); ++i) {
    for (const auto& input : graph_.nodes[i].inputs)
      if (!input.empty()) read(input, i);
    if (const auto inner = subgraph_reads_.find(i); inner != subgraph_reads_.end())
      for (const auto& taken : inner->second) read(taken.name, i, taken.reader);
    reads_end_.push_back(reads_.size());
  }
  for (const auto& output : graph_.outputs)
    if (!output.name.empty() && !makers_.contains(output.name) && taken_names_.insert(output.name).second)
      taken_.push_back({output.name, "an output of the graph"});
}

void Ordering::read(std::string_view name, Index reader, std::string_view inner_reader) {
  const auto maker = makers_.find(name);
  if (maker != makers_.end()) {
    if (maker->second == given) return;
    reads_.push_back(maker->second);
    is_sorted_ = is_sorted_ && maker->second < reader;
  } else if (taken_names_.insert(name).second) {
    taken_.push_back(
        {std::string{name}, inner_reader.empty() ? title(graph_.nodes[reader]) : std::string{inner_reader}});
  }
}

bool Ordering::visit(Index root, std::vector<Index>& sorted) {
  const auto first_read = [&](Index node) { return node == 0 ? std::size_t{0} : reads_end_[node - 1]; };
  std::vector<std::pair<Index, std::size_t>> open{{root, first_read(root)}};
  states_[root] = State::open;
  while (!open.empty()) {
    auto& [node, next] = open.back();
    if (next == reads_end_[node]) {
      states_[node] = State::done;
      sorted.push_back(node);
      open.pop_back();
      continue;
    }
    const auto maker = reads_[next++];
    if (states_[maker] == State::open) return false;
    if (states_[maker] == State::done) continue;
    states_[maker] = State::open;
    open.emplace_back(maker, first_read(maker));
  }
  return true;
}

Result<void> Ordering::sort() {
  states_.assign(graph_.nodes.size(), State::unseen);
  std::vector<Index> sorted;
  sorted.reserve(graph_.nodes.size());
  for (Index i = 0; i < graph_.nodes.size(); ++i)
    if (states_[i] == State::unseen && !visit(i, sorted))
      return bad_input(
          fmt::format("{} reads, directly or by way of others, what is made from its own output; a graph has "
                      "no cycles",
                      title(graph_.nodes[i])));
  std::vector<Node> nodes;
  nodes.reserve(sorted.size());
  for (const auto i : sorted) nodes.push_back(std::move(graph_.nodes[i]));
  graph_.nodes = std::move(nodes);
  return {};
}

}  // namespace

Result<void> order(Graph& graph) {
  const auto taken = order_graph(graph);
  if (!taken) return tl::unexpected{taken.error()};
  if (taken->empty()) return {};
  const auto& first = taken->front();
  return bad_input(fmt::format("tensor '{}' is read by {}, but no node, input or initializer makes it",
                               first.name, first.reader));
}

void name_nodes(Graph& graph) {
  std::unordered_set<std::string_view> names;  // of nodes, which stay where they are
  names.reserve(graph.nodes.size());
  std::vector<Node*> nameless;  // and those whose name an earlier node has
  for (auto& node : graph.nodes)
    if (node.name.empty() || !names.insert(node.name).second) nameless.push_back(&node);
  std::unordered_map<std::string, std::size_t> next;
  for (auto* const node : nameless) {
    const auto made = std::ranges::find_if(node->outputs, [](const auto& output) { return !output.empty(); });
    if (node->name.empty()) node->name = made == node->outputs.end() ? node->op : *made;
    if (names.insert(node->name).second) continue;
    const auto wanted = std::move(node->name);
    auto& number = next.try_emplace(wanted, 2).first->second;
    do {
      node->name = fmt::format("{}#{}", wanted, number++);
    } while (!names.insert(node->name).second);
  }
}

}  // namespace ns::onnx
