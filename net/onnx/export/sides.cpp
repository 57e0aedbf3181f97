#include "net/onnx/export/sides.hpp"

#include "core/text.hpp"
#include "net/onnx/export/calls.hpp"
#include "net/onnx/export/graph_index.hpp"
#include "net/onnx/mapping/quantised_steps.hpp"
#include "net/step_name.hpp"

#include <fmt/format.h>
#include <map>
#include <optional>
#include <string_view>

namespace ns::onnx {
namespace {

using Nodes = std::vector<std::size_t>;

/// What a user may name, and the nodes that it stands for.
class Named {
 public:
  Named(const Model& model, const Inferred& inferred, const Calls& calls)
      : graph_{model.graph}, inferred_{inferred} {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) nodes_.try_emplace(graph_.nodes[i].name, Nodes{i});
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const auto call = calls.names.find(graph_.nodes[i].origin);
      if (call != calls.names.end()) calls_[call->second].push_back(i);
    }
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      for (const auto& output : graph_.nodes[i].outputs)
        if (!output.empty()) tensors_.try_emplace(output, Nodes{i});
    for (const auto& input : graph_.inputs) tensors_.try_emplace(input.name, Nodes{});
  }

  [[nodiscard]] Result<Nodes> find(const std::string& name) const {
    if (const auto* const nodes = known(name)) return layers(name, *nodes);
    if (auto joined = find_joined(name)) return std::move(*joined);
    if (is_step(name)) return step_error("--cut-after", name);
    return failure(Errc::usage,
                   fmt::format("--cut-after '{}': the model has no such node or tensor{}", name, hint(name)));
  }

 private:
  using Names = std::map<std::string, Nodes, std::less<>>;

  [[nodiscard]] const Nodes* known(std::string_view name) const {
    for (const auto* const names : {&nodes_, &calls_, &tensors_})
      if (const auto found = names->find(name); found != names->end()) return &found->second;
    return nullptr;
  }

  /// "A+B", as answers call a cut after several layers.
  [[nodiscard]] std::optional<Nodes> find_joined(std::string_view name) const {
    Nodes all;
    std::size_t first = 0;
    for (auto plus = name.find('+'); first < name.size(); plus = name.find('+', plus + 1)) {
      const auto* const part = known(name.substr(first, plus - first));
      if (part == nullptr && plus == std::string_view::npos) return std::nullopt;
      if (part == nullptr) continue;  // the plus is a part of the name
      all.insert(all.end(), part->begin(), part->end());
      if (plus == std::string_view::npos) return all;
      first = plus + 1;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool is_step(std::string_view name) const {
    const auto node = node_of_step(name);
    const auto found = node ? nodes_.find(*node) : nodes_.end();
    return found != nodes_.end() && may_have_steps(graph_.nodes[found->second.front()]);
  }

  [[nodiscard]] Result<Nodes> layers(const std::string& name, const Nodes& nodes) const {
    for (const auto node : nodes)
      if (!inferred_.costs[node].constant) return nodes;
    if (nodes.empty()) return nodes;
    return failure(Errc::usage, fmt::format("--cut-after '{}': is a constant, which each half has by itself; "
                                            "name a node that computes from the inputs",
                                            name));
  }

  [[nodiscard]] std::string hint(const std::string& name) const {
    std::vector<std::string> all;
    for (const auto* const names : {&nodes_, &calls_, &tensors_})
      for (const auto& [known, nodes] : *names) all.push_back(known);
    const auto near = suggestion(name, all);
    return near.empty() ? "; ns-inspect lists them" : near;
  }

  const Graph& graph_;
  const Inferred& inferred_;
  Names nodes_;
  Names calls_;
  Names tensors_;
};

/// Marks the nodes and all that they are computed from.
void mark(const GraphIndex& index, const Inferred& inferred, Nodes open, std::vector<bool>& marked) {
  while (!open.empty()) {
    const auto node = open.back();
    open.pop_back();
    if (marked[node]) continue;
    marked[node] = true;
    for (const auto tensor : inferred.costs[node].constant ? index.needs(node) : index.reads(node))
      if (const auto maker = index.node_of(tensor)) open.push_back(*maker);
  }
}

}  // namespace

Result<std::vector<bool>> device_side(ModelFile& file, std::span<const std::string> cut_after) {
  auto parts = find_parts(file.source);
  if (!parts) return failure_within(std::move(parts), file.path);
  auto calls = find_calls(file.model, *parts, file.source);
  if (!calls) return failure_within(std::move(calls), file.path);
  const Named named{file.model, file.inferred, *calls};
  const GraphIndex index{file.model.graph};
  std::vector<bool> on_device(file.model.graph.nodes.size(), false);
  for (const auto& name : cut_after) {
    auto nodes = named.find(name);
    if (!nodes) return tl::unexpected{std::move(nodes.error())};
    mark(index, file.inferred, *std::move(nodes), on_device);
  }
  return on_device;
}

}  // namespace ns::onnx
