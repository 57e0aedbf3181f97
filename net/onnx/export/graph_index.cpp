#include "net/onnx/export/graph_index.hpp"

#include "net/onnx/captures.hpp"
#include "net/onnx/dependence.hpp"

namespace ns::onnx {

GraphIndex::GraphIndex(const Graph& graph) : graph_{graph} {
  origins_.reserve(graph.inputs.size() + graph.initializers.size() + 2 * graph.nodes.size());
  for (std::size_t i = 0; i < graph.inputs.size(); ++i)
    origins_.insert_or_assign(graph.inputs[i].name, Origin{Maker::input, i});
  for (std::size_t i = 0; i < graph.initializers.size(); ++i)
    origins_.insert_or_assign(graph.initializers[i].name, Origin{Maker::initializer, i});
  reads_.reserve(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& node = graph.nodes[i];
    for (const auto& output : node.outputs)
      if (!output.empty()) origins_.insert_or_assign(output, Origin{Maker::node, i});
    auto& reads = reads_.emplace_back();
    for (const auto& input : node.inputs)
      if (!input.empty()) reads.push_back(input);
    for (const auto name : captured_names(node)) reads.push_back(name);
  }
}

std::vector<std::string_view> GraphIndex::needs(std::size_t node) const {
  auto needs = reads_[node];
  const auto& inputs = graph_.nodes[node].inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (dependence(graph_.nodes[node], i) == Dependence::type) std::erase(needs, std::string_view{inputs[i]});
  return needs;
}

GraphIndex::Origin GraphIndex::origin(std::string_view tensor) const {
  const auto found = origins_.find(tensor);
  return found == origins_.end() ? Origin{} : found->second;
}

std::optional<std::size_t> GraphIndex::node_of(std::string_view tensor) const {
  const auto found = origin(tensor);
  return found.maker == Maker::node ? std::optional{found.index} : std::nullopt;
}

}  // namespace ns::onnx
