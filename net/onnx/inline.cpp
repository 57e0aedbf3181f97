#include "net/onnx/inline.hpp"

#include "net/onnx/body_names.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <utility>

namespace ns::onnx {
namespace {

/// Functions that call functions grow a small file without bound; no model needs more than this, roughly in
/// bytes.
constexpr std::size_t max_inlined_bytes = std::size_t{1} << 27U;
constexpr std::size_t max_calls_inside_calls = 64;

std::size_t size_of(const std::vector<std::string>& names) {
  std::size_t bytes = 0;
  for (const auto& name : names) bytes += sizeof(std::string) + name.size();
  return bytes;
}

/// Of one node's copy, without the nodes of its subgraphs.
std::size_t size_of(const Node& node) {
  auto bytes = sizeof(Node) + node.name.size() + size_of(node.inputs) + size_of(node.outputs);
  for (const auto& attribute : node.attributes)
    bytes += sizeof(Attribute) + attribute.text.size() + size_of(attribute.texts) +
             attribute.tensors.size() * sizeof(TensorData) +
             (attribute.reals.size() + attribute.integers.size()) * sizeof(double);
  return bytes;
}

std::string title(const Function& function) {
  return function.domain.empty() ? function.name : function.domain + "." + function.name;
}

/// "node 'block_1' (local.block)".
std::string title(const Node& node) {
  const auto& name = node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
  return fmt::format("node '{}' ({})", name, node.domain.empty() ? node.op : node.domain + "." + node.op);
}

const Attribute* find_attribute(const std::vector<Attribute>& attributes, std::string_view name) {
  const auto found = std::ranges::find(attributes, name, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

/// Symbols of a function's shapes mean something else in each call.
void drop_symbols(DeclaredType& type) {
  if (type.dims)
    for (auto& dim : *type.dims) dim.symbol.clear();
}

tl::unexpected<Error> too_large(const Node& node) {
  return bad_input(fmt::format("{}: functions called by functions make more than {} MiB of nodes",
                               title(node), max_inlined_bytes >> 20U));
}

class Inliner {
 public:
  explicit Inliner(Model& model) : model_{model} {
    for (const auto& function : model.functions) functions_.emplace(function.name, &function);
    taken_.add_all(model.graph);
  }

  Result<void> run() { return expand(model_.graph); }

 private:
  /// Replaces the calls in a graph and in all graphs inside it.
  Result<void> expand(Graph& graph);
  Result<void> expand(Node node, Graph& into);
  Result<void> expand_subgraphs(Node& node);
  Result<void> expand_call(const Node& call, const Function& function, Graph& into);

  [[nodiscard]] const Function* callee(const Node& node) const;
  static Result<void> check_call(const Node& call, const Function& function);
  BodyNames bind(const Node& call, const Function& function, Graph& into);

  /// A body's node as it stands in place of the call.
  Node renamed(const Node& node, const BodyNames& scope, const Node& call, const Function& function);
  std::shared_ptr<const Graph> renamed(const Graph& graph, const BodyNames& outer, const Node& call,
                                       const Function& function);

  [[nodiscard]] bool is_too_large() const { return inlined_bytes_ > max_inlined_bytes; }

  Model& model_;
  std::unordered_multimap<std::string_view, const Function*> functions_;
  TakenNames taken_;
  TakenNames prefixes_;
  std::vector<const Function*> calls_;  // that are being expanded, outermost first
  std::size_t inlined_bytes_ = 0;
};

const Function* Inliner::callee(const Node& node) const {
  const auto [first, last] = functions_.equal_range(node.op);
  const auto found = std::find_if(first, last, [&](const auto& entry) {
    return entry.second->domain == node.domain && entry.second->overload == node.overload;
  });
  return found == last ? nullptr : found->second;
}

Result<void> Inliner::expand(Graph& graph) {
  auto nodes = std::move(graph.nodes);
  graph.nodes.clear();
  graph.nodes.reserve(nodes.size());
  for (auto& node : nodes)
    if (auto done = expand(std::move(node), graph); !done) return done;
  return {};
}

Result<void> Inliner::expand(Node node, Graph& into) {
  if (const auto* const function = callee(node)) return expand_call(node, *function, into);
  if (auto done = expand_subgraphs(node); !done) return done;
  into.nodes.push_back(std::move(node));
  return {};
}

Result<void> Inliner::expand_subgraphs(Node& node) {
  for (auto& attribute : node.attributes)
    for (auto& graph : attribute.graphs) {
      auto copy = std::make_shared<Graph>(*graph);
      for (const auto& inner : copy->nodes) inlined_bytes_ += size_of(inner);
      if (is_too_large()) return too_large(node);
      if (auto done = expand(*copy); !done) return done;
      graph = std::move(copy);
    }
  return {};
}

Result<void> Inliner::check_call(const Node& call, const Function& function) {
  const auto check = [&](std::size_t given, std::size_t taken, std::string_view what) -> Result<void> {
    if (given <= taken) return {};
    return bad_input(
        fmt::format("{} has {} {}, but the function has only {}", title(call), given, what, taken));
  };
  if (auto fits = check(call.inputs.size(), function.inputs.size(), "inputs"); !fits) return fits;
  return check(call.outputs.size(), function.outputs.size(), "outputs");
}

BodyNames Inliner::bind(const Node& call, const Function& function, Graph& into) {
  const auto& name = call.name.empty() && !call.outputs.empty() ? call.outputs.front() : call.name;
  BodyNames scope{prefixes_.fresh(name.empty() ? call.op : name), taken_};
  for (std::size_t i = 0; i < function.inputs.size(); ++i)
    scope.bind(function.inputs[i], i < call.inputs.size() ? call.inputs[i] : std::string{});
  for (std::size_t i = 0; i < call.outputs.size(); ++i) {
    const auto& inner = function.outputs[i];
    const auto& outer = call.outputs[i];
    if (outer.empty()) continue;
    if (!scope.defines(inner)) {
      scope.bind(inner, outer);
      continue;
    }
    // An input handed through, or one tensor handed out twice.
    Node copy;
    copy.name = scope.prefix() + "/" + inner;
    copy.op = "Identity";
    copy.inputs = {scope.at(inner)};
    copy.outputs = {outer};
    copy.message = call.message;
    into.nodes.push_back(std::move(copy));
  }
  for (const auto& node : function.nodes)
    for (const auto& output : node.outputs) scope.define(output);
  return scope;
}

Result<void> Inliner::expand_call(const Node& call, const Function& function, Graph& into) {
  if (std::ranges::find(calls_, &function) != calls_.end())
    return bad_input(fmt::format("function {} calls itself, which ONNX does not allow", title(function)));
  if (calls_.size() == max_calls_inside_calls)
    return bad_input(
        fmt::format("{}: functions call functions more than {} deep", title(call), max_calls_inside_calls));
  if (auto fits = check_call(call, function); !fits) return fits;
  const auto scope = bind(call, function, into);
  calls_.push_back(&function);
  for (const auto& node : function.nodes) {
    if (auto done = expand(renamed(node, scope, call, function), into); !done) return done;
    if (is_too_large()) return too_large(call);
  }
  calls_.pop_back();
  for (const auto& info : function.value_infos) {
    if (std::ranges::find(function.inputs, info.name) != function.inputs.end() || !scope.defines(info.name))
      continue;
    auto& copy = into.value_infos.emplace_back(info);
    copy.name = scope.at(info.name);
    drop_symbols(copy.type);
    inlined_bytes_ += sizeof(ValueInfo) + copy.name.size();
  }
  return {};
}

Node Inliner::renamed(const Node& node, const BodyNames& scope, const Node& call, const Function& function) {
  Node copy;
  if (!node.name.empty()) copy.name = scope.prefix() + "/" + node.name;
  copy.op = node.op;
  copy.domain = node.domain;
  copy.overload = node.overload;
  copy.message = node.message;
  for (const auto& input : node.inputs) copy.inputs.push_back(scope.at(input));
  for (const auto& output : node.outputs) copy.outputs.push_back(scope.at(output));
  for (const auto& attribute : node.attributes) {
    if (attribute.reference.empty()) {
      auto& own = copy.attributes.emplace_back(attribute);
      for (auto& graph : own.graphs) graph = renamed(*graph, scope, call, function);
      continue;
    }
    const auto* given = find_attribute(call.attributes, attribute.reference);
    if (given == nullptr) given = find_attribute(function.defaults, attribute.reference);
    if (given == nullptr) continue;  // left out by the caller: the operator's own default holds
    copy.attributes.emplace_back(*given).name = attribute.name;
  }
  inlined_bytes_ += size_of(copy);
  return copy;
}

std::shared_ptr<const Graph> Inliner::renamed(const Graph& graph, const BodyNames& outer, const Node& call,
                                              const Function& function) {
  BodyNames scope{&outer};
  for (const auto& input : graph.inputs) scope.define(input.name);
  for (const auto& tensor : graph.initializers) scope.define(tensor.name);
  for (const auto& node : graph.nodes)
    for (const auto& output : node.outputs) scope.define(output);
  auto copy = std::make_shared<Graph>();
  copy->name = graph.name;
  copy->initializers = graph.initializers;
  copy->inputs = graph.inputs;
  copy->outputs = graph.outputs;
  copy->value_infos = graph.value_infos;
  for (auto& tensor : copy->initializers) tensor.name = scope.at(tensor.name);
  for (auto* const infos : {&copy->inputs, &copy->outputs, &copy->value_infos})
    for (auto& info : *infos) {
      info.name = scope.at(info.name);
      drop_symbols(info.type);
      inlined_bytes_ += sizeof(ValueInfo) + info.name.size();
    }
  inlined_bytes_ += graph.initializers.size() * sizeof(TensorData);
  for (const auto& node : graph.nodes) copy->nodes.push_back(renamed(node, scope, call, function));
  return copy;
}

}  // namespace

Result<void> inline_functions(Model& model) {
  if (model.functions.empty()) return {};
  for (const auto& function : model.functions)
    for (const auto& opset : function.opsets)
      if (model.opset(opset.domain) == 0) model.opsets.push_back(opset);
  return Inliner{model}.run();
}

}  // namespace ns::onnx
