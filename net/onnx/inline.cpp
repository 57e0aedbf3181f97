#include "net/onnx/inline.hpp"

#include "net/onnx/body_names.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>
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

std::size_t size_of(const Attribute& attribute) {
  return sizeof(Attribute) + attribute.text.size() + size_of(attribute.texts) +
         attribute.tensors.size() * sizeof(TensorData) +
         (attribute.reals.size() + attribute.integers.size()) * sizeof(double);
}

/// Of one node's copy, without its subgraphs.
std::size_t size_of(const Node& node) {
  auto bytes = sizeof(Node) + node.name.size() + size_of(node.inputs) + size_of(node.outputs);
  for (const auto& attribute : node.attributes) bytes += size_of(attribute);
  return bytes;
}

std::string title(const Function& function) {
  return function.domain.empty() ? function.name : function.domain + "." + function.name;
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

/// Of a graph's copy, without the graphs inside it.
std::size_t size_of(const Graph& graph) {
  auto bytes = sizeof(Graph) + graph.initializers.size() * sizeof(TensorData) +
               (graph.inputs.size() + graph.outputs.size() + graph.value_infos.size()) * sizeof(ValueInfo);
  for (const auto& node : graph.nodes) bytes += size_of(node);
  return bytes;
}

/// What tells functions apart; the parts hold no zero byte in any sane file, and else the call is left alone.
std::string key(std::string_view domain, std::string_view name, std::string_view overload) {
  return fmt::format("{}{}{}{}{}", domain, '\0', name, '\0', overload);
}

/// One call that is being expanded.
struct Call {
  const Node& node;
  const Function& function;
  std::unordered_map<std::string_view, const Attribute*> attributes;  // given, else the function's defaults
};

class Inliner {
 public:
  explicit Inliner(Model& model) : model_{model} {
    for (const auto& function : model.functions)
      functions_.emplace(key(function.domain, function.name, function.overload), &function);
    taken_.add_all(model.graph);
  }

  Result<void> run() { return expand(model_.graph); }

 private:
  /// Replaces the calls in a graph and in all graphs inside it.
  Result<void> expand(Graph& graph);
  Result<void> expand(Node node, Graph& into);
  Result<void> expand_subgraphs(Node& node);
  Result<void> expand_call(const Node& node, const Function& function, Graph& into);
  Result<void> check_call(const Node& call, const Function& function) const;

  Call call_of(const Node& node, const Function& function);
  BodyNames bind(const Call& call, Graph& into);
  void define(BodyNames& names, const std::string& name);
  void hand_through(const BodyNames& names, const std::string& inner, const std::string& outer,
                    const Call& call, Graph& into);
  void add_value_infos(const Call& call, const BodyNames& names, Graph& into);

  /// A body's node as it stands in place of the call. Incomplete once too much was copied.
  Node renamed(const Node& node, const BodyNames& names, const Call& call);
  std::shared_ptr<const Graph> renamed(const Graph& graph, const BodyNames& outer, const Call& call);
  std::vector<std::string> renamed(const std::vector<std::string>& inner, const BodyNames& names);

  void count(std::size_t bytes) { inlined_bytes_ += bytes; }
  [[nodiscard]] bool is_too_large() const { return inlined_bytes_ > max_inlined_bytes; }

  Model& model_;
  std::unordered_map<std::string, const Function*> functions_;
  TakenNames taken_;
  TakenNames prefixes_;
  std::vector<const Function*> calls_;  // that are being expanded, outermost first
  std::size_t inlined_bytes_ = 0;
};

Result<void> Inliner::expand(Graph& graph) {
  auto nodes = std::move(graph.nodes);
  graph.nodes.clear();
  graph.nodes.reserve(nodes.size());
  for (auto& node : nodes)
    if (auto done = expand(std::move(node), graph); !done) return done;
  return {};
}

Result<void> Inliner::expand(Node node, Graph& into) {
  const auto function = functions_.find(key(node.domain, node.op, node.overload));
  if (function != functions_.end()) return expand_call(node, *function->second, into);
  if (auto done = expand_subgraphs(node); !done) return done;
  into.nodes.push_back(std::move(node));
  return {};
}

Result<void> Inliner::expand_subgraphs(Node& node) {
  for (auto& attribute : node.attributes)
    for (auto& graph : attribute.graphs) {
      count(size_of(*graph));
      if (is_too_large()) return too_large(node);
      auto copy = std::make_shared<Graph>(*graph);
      if (auto done = expand(*copy); !done) return done;
      graph = std::move(copy);
    }
  return {};
}

Result<void> Inliner::check_call(const Node& call, const Function& function) const {
  if (std::ranges::find(calls_, &function) != calls_.end())
    return bad_input(fmt::format("function {} calls itself, which ONNX does not allow", title(function)));
  if (calls_.size() == max_calls_inside_calls)
    return bad_input(
        fmt::format("{}: functions call functions more than {} deep", title(call), max_calls_inside_calls));
  const auto check = [&](std::size_t given, std::size_t taken, std::string_view what) -> Result<void> {
    if (given <= taken) return {};
    return bad_input(
        fmt::format("{} has {} {}, but the function has only {}", title(call), given, what, taken));
  };
  if (auto fits = check(call.inputs.size(), function.inputs.size(), "inputs"); !fits) return fits;
  return check(call.outputs.size(), function.outputs.size(), "outputs");
}

Result<void> Inliner::expand_call(const Node& node, const Function& function, Graph& into) {
  if (auto fits = check_call(node, function); !fits) return fits;
  const auto call = call_of(node, function);
  const auto names = bind(call, into);
  if (is_too_large()) return too_large(node);
  calls_.push_back(&function);
  for (const auto& inner : function.nodes) {
    auto copy = renamed(inner, names, call);
    if (is_too_large()) return too_large(node);
    if (auto done = expand(std::move(copy), into); !done) return done;
  }
  calls_.pop_back();
  add_value_infos(call, names, into);
  return {};
}

Call Inliner::call_of(const Node& node, const Function& function) {
  Call call{node, function, {}};
  for (const auto* const attributes : {&node.attributes, &function.defaults})
    for (const auto& attribute : *attributes) call.attributes.emplace(attribute.name, &attribute);
  count(call.attributes.size() * sizeof(Attribute) + function.inputs.size() * sizeof(ValueInfo));
  return call;
}

void Inliner::define(BodyNames& names, const std::string& name) {
  count(sizeof(ValueInfo) + names.prefix().size() + name.size());
  if (!is_too_large()) names.define(name);
}

BodyNames Inliner::bind(const Call& call, Graph& into) {
  const auto& [node, function, attributes] = call;
  const auto& name = node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
  BodyNames names{prefixes_.fresh(name.empty() ? node.op : name), taken_};
  for (std::size_t i = 0; i < function.inputs.size(); ++i)
    names.bind(function.inputs[i], i < node.inputs.size() ? node.inputs[i] : std::string{});
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const auto& inner = function.outputs[i];
    const auto& outer = node.outputs[i];
    if (outer.empty()) continue;
    if (names.defines(inner))
      hand_through(names, inner, outer, call, into);
    else
      names.bind(inner, outer);
  }
  for (const auto& made : function.nodes)
    for (const auto& output : made.outputs) define(names, output);
  return names;
}

/// An input that is an output too, or one tensor handed out twice.
void Inliner::hand_through(const BodyNames& names, const std::string& inner, const std::string& outer,
                           const Call& call, Graph& into) {
  Node copy;
  copy.name = names.prefix() + "/" + inner;
  copy.op = "Identity";
  copy.inputs = {names.at(inner)};
  copy.outputs = {outer};
  copy.origin = call.node.origin;
  count(size_of(copy));
  if (!copy.inputs[0].empty()) into.nodes.push_back(std::move(copy));
}

void Inliner::add_value_infos(const Call& call, const BodyNames& names, Graph& into) {
  const auto& function = call.function;
  if (function.value_infos.empty()) return;
  const std::unordered_set<std::string_view> inputs{function.inputs.begin(), function.inputs.end()};
  for (const auto& info : function.value_infos) {
    count(sizeof(ValueInfo) + names.prefix().size() + info.name.size());
    if (is_too_large()) return;  // which is said where the next node is copied; shapes are not needed
    if (inputs.contains(info.name) || !names.defines(info.name)) continue;
    auto& copy = into.value_infos.emplace_back(info);
    copy.name = names.at(info.name);
    drop_symbols(copy.type);
  }
}

std::vector<std::string> Inliner::renamed(const std::vector<std::string>& inner, const BodyNames& names) {
  std::vector<std::string> outer;
  outer.reserve(inner.size());
  for (const auto& name : inner) {
    outer.push_back(names.at(name));
    count(sizeof(std::string) + outer.back().size());
    if (is_too_large()) break;
  }
  return outer;
}

Node Inliner::renamed(const Node& node, const BodyNames& names, const Call& call) {
  Node copy;
  if (!node.name.empty()) copy.name = names.prefix() + "/" + node.name;
  copy.op = node.op;
  copy.domain = node.domain;
  copy.overload = node.overload;
  copy.message = node.message;
  copy.origin = call.node.origin;
  count(sizeof(Node) + copy.name.size());
  copy.inputs = renamed(node.inputs, names);
  copy.outputs = renamed(node.outputs, names);
  for (const auto& attribute : node.attributes) {
    const auto* value = &attribute;
    if (!attribute.reference.empty()) {
      const auto given = call.attributes.find(attribute.reference);
      value = given == call.attributes.end() ? nullptr : given->second;
    }
    count(value == nullptr ? sizeof(Attribute) : size_of(*value));
    if (is_too_large()) break;
    if (value == nullptr) continue;  // left out by the caller: the operator's own default holds
    auto& own = copy.attributes.emplace_back(*value);
    own.name = attribute.name;
    // A graph that the caller gives has the caller's names.
    if (value == &attribute)
      for (auto& graph : own.graphs) graph = renamed(*graph, names, call);
  }
  return copy;
}

std::shared_ptr<const Graph> Inliner::renamed(const Graph& graph, const BodyNames& outer, const Call& call) {
  auto copy = std::make_shared<Graph>();
  count(size_of(graph));
  if (is_too_large()) return copy;
  BodyNames names{&outer};
  for (const auto& input : graph.inputs) define(names, input.name);
  for (const auto& tensor : graph.initializers) define(names, tensor.name);
  for (const auto& node : graph.nodes)
    for (const auto& output : node.outputs) define(names, output);
  copy->name = graph.name;
  copy->initializers = graph.initializers;
  copy->inputs = graph.inputs;
  copy->outputs = graph.outputs;
  copy->value_infos = graph.value_infos;
  for (auto& tensor : copy->initializers) tensor.name = names.at(tensor.name);
  for (auto* const infos : {&copy->inputs, &copy->outputs, &copy->value_infos})
    for (auto& info : *infos) {
      info.name = names.at(info.name);
      count(info.name.size());
      if (is_too_large()) return copy;
      drop_symbols(info.type);
    }
  for (const auto& node : graph.nodes) {
    copy->nodes.push_back(renamed(node, names, call));
    if (is_too_large()) break;
  }
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
