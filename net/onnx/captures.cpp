#include "net/onnx/captures.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>

namespace ns::onnx {
namespace {

/// Names that one graph makes, and the graphs around it up to the node's.
struct Level {
  std::unordered_set<std::string_view> made;
  const Level* outer = nullptr;

  [[nodiscard]] bool knows(std::string_view name) const {
    for (const auto* level = this; level != nullptr; level = level->outer)
      if (level->made.contains(name)) return true;
    return false;
  }
};

class Captures {
 public:
  void add_subgraphs(const Node& node, const Level* outer) {
    for (const auto& attribute : node.attributes)
      for (const auto& graph : attribute.graphs) add_graph(*graph, outer);
  }

  [[nodiscard]] std::vector<std::string_view> names() && { return std::move(names_); }

 private:
  void add_graph(const Graph& graph, const Level* outer) {
    Level level{{""}, outer};  // "" stands for an input that is left out
    for (const auto& input : graph.inputs) level.made.insert(input.name);
    for (const auto& tensor : graph.initializers) level.made.insert(tensor.name);
    for (const auto& node : graph.nodes) level.made.insert(node.outputs.begin(), node.outputs.end());
    for (const auto& node : graph.nodes) {
      for (const auto& input : node.inputs) read(input, level);
      add_subgraphs(node, &level);
    }
    for (const auto& output : graph.outputs) read(output.name, level);
  }

  void read(std::string_view name, const Level& level) {
    if (!level.knows(name) && seen_.insert(name).second) names_.push_back(name);
  }

  std::vector<std::string_view> names_;
  std::unordered_set<std::string_view> seen_;
};

}  // namespace

std::vector<std::string_view> captured_names(const Node& node) {
  Captures captures;
  captures.add_subgraphs(node, nullptr);
  return std::move(captures).names();
}

}  // namespace ns::onnx
