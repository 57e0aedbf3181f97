#include "net/onnx/infer.hpp"

#include "net/onnx/bindings.hpp"
#include "net/onnx/engine.hpp"
#include "net/onnx/parameters.hpp"
#include "net/onnx/rules.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace ns::onnx {
namespace {

/// Some exporters declare a free dimension as 0. A net with multiply-accumulates does not run on empty
/// tensors; a graph without any may mean the 0.
bool has_macs(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [](const Node& node) {
    const auto* const rule = find_rule(node.domain, node.op);
    return rule != nullptr && rule->macs != nullptr;
  });
}

}  // namespace

Result<Inferred> infer(const Model& model, const Contents& contents, const Bindings& bindings) {
  const auto& graph = model.graph;
  Inferred inferred;
  inferred.warnings = model.warnings;
  const auto sizes = Sizes::bind(graph, bindings, has_macs(graph), inferred.warnings);
  if (!sizes) return tl::unexpected{sizes.error()};

  auto values = graph.inputs.size() + graph.initializers.size();
  for (const auto& node : graph.nodes) values += node.outputs.size();
  inferred.facts.reserve(values);
  inferred.costs.reserve(graph.nodes.size());

  Scope scope{inferred.facts};
  Engine engine{model, contents, *sizes, inferred.warnings};
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) scope.add(graph.inputs[i].name, sizes->input(i));
  engine.add_initializers(graph, scope);
  for (const auto& info : graph.value_infos) scope.declare(info);
  for (const auto& info : graph.outputs) scope.declare(info);
  std::unordered_set<std::string_view> after_data;
  for (const auto& node : graph.nodes) {
    auto cost = engine.run(node, scope);
    if (!cost) return tl::unexpected{std::move(cost.error())};
    cost->after_data =
        cost->after_data || (!after_data.empty() && std::ranges::any_of(node.inputs, [&](const auto& name) {
          return after_data.contains(name);
        }));
    if (cost->after_data) after_data.insert(node.outputs.begin(), node.outputs.end());
    inferred.costs.push_back(*cost);
  }
  engine.finish();
  count_parameters(graph, inferred);
  return inferred;
}

}  // namespace ns::onnx
