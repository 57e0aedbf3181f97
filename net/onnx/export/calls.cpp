#include "net/onnx/export/calls.hpp"

#include "net/onnx/captures.hpp"
#include "net/onnx/export/weights.hpp"
#include "net/onnx/parse_parts.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::onnx {
namespace {

/// What tells functions apart.
std::string key(std::string_view domain, std::string_view name, std::string_view overload) {
  return fmt::format("{}{}{}{}{}", domain, '\0', name, '\0', overload);
}

/// Which functions are called from where.
class Uses {
 public:
  explicit Uses(const Model& model) : model_{model} {
    for (std::size_t i = 0; i < model.functions.size(); ++i) {
      const auto& function = model.functions[i];
      by_key_.emplace(key(function.domain, function.name, function.overload), i);
    }
  }

  void add(const Node& node, std::set<std::size_t>& used) const {
    const auto called = by_key_.find(key(node.domain, node.op, node.overload));
    if (called != by_key_.end() && used.insert(called->second).second)
      for (const auto& inner : model_.functions[called->second].nodes) add(inner, used);
    for (const auto& attribute : node.attributes)
      for (const auto& graph : attribute.graphs)
        for (const auto& inner : graph->nodes) add(inner, used);
  }

 private:
  const Model& model_;
  std::map<std::string, std::size_t> by_key_;
};

/// Where the bodies of calls stand in one piece.
std::map<std::size_t, FunctionCall> find_bodies(const Model& model, const FileParts& parts) {
  const auto& nodes = model.graph.nodes;
  std::map<std::size_t, FunctionCall> calls;
  std::map<std::size_t, std::size_t> begins;  // by origin
  std::set<std::size_t> unfit;                // origins
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto origin = nodes[i].origin;
    if (is_verbatim(nodes[i], parts)) continue;
    if (has_external(nodes[i])) unfit.insert(origin);  // whose place is in the call's text
    const auto [begin, is_new] = begins.try_emplace(origin, i);
    auto& call = calls[begin->second];
    if (is_new)
      call.begin = i;
    else if (call.end != i)
      unfit.insert(origin);
    call.end = i + 1;
  }
  for (const auto origin : unfit) calls.erase(begins.at(origin));
  return calls;
}

}  // namespace

const FunctionCall* Calls::call_at(std::size_t node) const {
  const auto found = by_first.find(first_of[node]);
  return found == by_first.end() ? nullptr : &found->second;
}

bool is_verbatim(const Node& node, const FileParts& parts) {
  if (node.message.size == 0 || node.origin >= parts.nodes.size()) return false;
  return parts.nodes[node.origin].offset == node.message.offset;
}

Result<Calls> find_calls(const Model& model, const FileParts& parts, wire::Source& source) {
  Calls calls;
  calls.functions.resize(parts.nodes.size());
  for (std::size_t i = 0; i < model.graph.nodes.size(); ++i) calls.first_of.push_back(i);
  if (model.functions.empty()) return calls;

  std::vector<Node> file_nodes;
  Parsing parsing{source};
  const Uses uses{model};
  for (std::size_t i = 0; i < parts.nodes.size(); ++i) {
    file_nodes.push_back(read_node(parsing, parts.nodes[i]));
    uses.add(file_nodes.back(), calls.functions[i]);
  }
  if (parsing.wire.failed()) return tl::unexpected{parsing.wire.error()};
  for (const auto& node : model.graph.nodes)
    if (!is_verbatim(node, parts)) calls.names.emplace(node.origin, file_nodes[node.origin].name);
  calls.by_first = find_bodies(model, parts);
  for (auto& [first, call] : calls.by_first) {
    for (auto i = call.begin; i < call.end; ++i) calls.first_of[i] = first;
    const auto& node = file_nodes[model.graph.nodes[first].origin];
    std::ranges::copy_if(node.inputs, std::back_inserter(call.reads),
                         [](const auto& name) { return !name.empty(); });
    for (const auto name : captured_names(node)) call.reads.emplace_back(name);
  }
  return calls;
}

}  // namespace ns::onnx
