#include "runtime/interpreter/interpreter.hpp"

#include "net/onnx/captures.hpp"
#include "net/onnx/dependence.hpp"
#include "net/onnx/rules.hpp"
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/rooms.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_set>
#include <utility>

namespace ns {
namespace {

/// Of a value that inference knows whole.
std::optional<Array> array_of(const onnx::Fact& fact) {
  auto type = known_type(fact);
  if (!fact.value || !type) return std::nullopt;
  Array array{type->dtype, std::move(type->shape), {}};
  if (const auto* const reals = reals_of(fact)) {
    array.values = *reals;
    return array;
  }
  const auto numbers = numbers_of(fact);
  if (!numbers) return std::nullopt;
  for (const auto number : *numbers) array.values.push_back(static_cast<double>(number));
  return array;
}

/// What a rule says of the outputs of a node with these inputs.
Result<std::vector<onnx::Fact>> infer(const onnx::Node& node, std::int64_t opset,
                                      std::span<const onnx::Fact* const> facts, Interpreter& interpreter) {
  std::vector<onnx::Fact> outputs(node.outputs.size());
  const auto* const rule = onnx::find_rule(node.domain, node.op);
  if (rule == nullptr) return outputs;
  // What a subgraph makes is known once it has run.
  const auto unknown = [](const onnx::Graph& body, std::span<const onnx::Fact>) -> Result<onnx::BodyRun> {
    return onnx::BodyRun{std::vector<onnx::Fact>(body.outputs.size()), 0.0, 0.0, true};
  };
  const auto read = [&](const onnx::TensorData& tensor) -> Result<onnx::Value> {
    auto array = interpreter.read(tensor);
    if (!array) return tl::unexpected{std::move(array.error())};
    const auto fact = fact_of(Datum{std::move(*array)});
    if (!fact.value)
      return bad_input(fmt::format("holds {} elements, where few are expected", to_string(*fact.dims)));
    return *fact.value;
  };
  onnx::NodeView view{node, opset, {facts.begin(), facts.end()}, outputs, unknown, read};
  if (auto inferred = rule->infer(view); !inferred) return tl::unexpected{std::move(inferred.error())};
  return outputs;
}

/// Constants with more elements leave the memory when nobody reads them any more; others are kept.
bool is_large(const Datum& datum) {
  constexpr std::size_t small = std::size_t{1} << 16;
  return datum.kind != onnx::Kind::tensor || datum.array.values.size() > small;
}

/// What a number in a file asks for is not made where no machine has room for it.
constexpr double most_elements = 268435456.0;  // 2 GB as doubles

Result<void> check_sizes(const onnx::Node& node, std::span<const onnx::Fact> outputs) {
  for (const auto& fact : outputs) {
    if (!fact.dims || !all_known(*fact.dims)) continue;
    double count = 1.0;
    for (const auto& extent : *fact.dims) count *= static_cast<double>(extent.value());
    if (count > most_elements)
      return failure(
          Errc::unsupported,
          fmt::format("node '{}' ({}): its output {} has more elements than are computed here, {:.0f}",
                      node.name, node.op, to_string(*fact.dims), most_elements));
  }
  return {};
}

/// Outputs of which none has an element: there is nothing to compute.
std::optional<std::vector<Datum>> empty_outputs(std::span<const onnx::Fact> outputs) {
  std::vector<Datum> made;
  for (const auto& fact : outputs) {
    auto type = known_type(fact);
    if (!type || !check_shape(type->shape) || type->shape.elements() != 0) return std::nullopt;
    made.emplace_back(zeros(type->dtype, std::move(type->shape)));
  }
  return made;
}

}  // namespace

Interpreter::Interpreter(onnx::ModelFile& file) : file_{file}, reader_{file.contents()} {
  const auto& graph = file.model.graph;
  for (const auto& tensor : graph.initializers) stored_.emplace(tensor.name, &tensor);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const auto& output : graph.nodes[i].outputs)
      if (!output.empty()) producers_.emplace(output, &graph.nodes[i]);
}

std::int64_t Interpreter::opset(const std::string& domain) const {
  const auto version = file_.model.opset(domain);
  return version > 0 ? version : domain.empty() ? onnx::newest_opset : 1;
}

const onnx::TensorData* Interpreter::stored(const std::string& name) const {
  if (const auto found = stored_.find(name); found != stored_.end()) return found->second;
  const auto* const node = producer(name);
  return node == nullptr ? nullptr : onnx::held_tensor(*node);
}

const onnx::Node* Interpreter::producer(const std::string& name) const {
  const auto found = producers_.find(name);
  return found == producers_.end() ? nullptr : found->second;
}

std::optional<TensorType> Interpreter::type_of(const std::string& name) const {
  const auto fact = file_.inferred.facts.find(name);
  return fact == file_.inferred.facts.end() ? std::nullopt : known_type(fact->second);
}

Result<const Datum*> Interpreter::held(const std::string& name) {
  if (const auto known = constants_.find(name); known != constants_.end()) return &known->second;
  if (const auto* const tensor = stored(name)) {
    auto array = reader_.read(*tensor);
    if (!array) return tl::unexpected{std::move(array.error())};
    return &constants_.emplace(name, std::move(*array)).first->second;
  }
  if (const auto fact = file_.inferred.facts.find(name); fact != file_.inferred.facts.end())
    if (auto array = array_of(fact->second))
      return &constants_.emplace(name, std::move(*array)).first->second;
  return nullptr;
}

bool Interpreter::is_at_hand(const std::string& name) const {
  if (constants_.contains(name) || stored(name) != nullptr) return true;
  const auto fact = file_.inferred.facts.find(name);
  return fact != file_.inferred.facts.end() && array_of(fact->second);
}

std::vector<std::string> Interpreter::reads(const onnx::Node& node) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (!node.inputs[i].empty() && !stand_in(node, i)) names.push_back(node.inputs[i]);
  for (const auto captured : onnx::captured_names(node))
    if (stored_.contains(captured) || producers_.contains(captured)) names.emplace_back(captured);
  return names;
}

Result<std::vector<const onnx::Node*>> Interpreter::nodes_for(const std::string& name) const {
  // A stack of our own: a file says how long a chain of nodes is.
  std::vector<std::string> wanted{name};
  std::vector<const onnx::Node*> nodes;
  std::unordered_set<const onnx::Node*> seen;
  while (!wanted.empty()) {
    const auto next = std::move(wanted.back());
    wanted.pop_back();
    if (is_at_hand(next)) continue;
    const auto* const node = producer(next);
    if (node == nullptr)
      return bad_input(fmt::format("'{}' is no tensor whose value is known beforehand", next));
    if (!seen.insert(node).second) continue;
    nodes.push_back(node);
    std::ranges::move(reads(*node), std::back_inserter(wanted));
  }
  std::ranges::sort(nodes);  // they stand in one graph, each behind what it reads
  return nodes;
}

Result<const Datum*> Interpreter::constant(const std::string& name) {
  const auto nodes = nodes_for(name);
  if (!nodes) return tl::unexpected{nodes.error()};
  std::unordered_map<std::string, std::size_t> readers;  // that are still to come, of what is new here
  for (const auto* const node : *nodes)
    for (auto& read : reads(*node))
      if (!constants_.contains(read)) ++readers[std::move(read)];
  for (const auto* const node : *nodes) {
    if (auto computed = compute(*node); !computed) return tl::unexpected{std::move(computed.error())};
    for (const auto& read : reads(*node)) {
      const auto reader = readers.find(read);
      if (reader == readers.end() || --reader->second > 0 || read == name) continue;
      if (const auto kept = constants_.find(read); kept != constants_.end() && is_large(kept->second))
        constants_.erase(kept);
    }
  }
  auto known = held(name);
  if (known && *known == nullptr)
    return bad_input(fmt::format("node '{}' does not make '{}'", producer(name)->name, name));
  return known;
}

std::optional<Datum> Interpreter::stand_in(const onnx::Node& node, std::size_t input) const {
  const auto taken = onnx::dependence(node, input);
  const auto found = file_.inferred.facts.find(node.inputs[input]);
  if (taken == onnx::Dependence::elements || found == file_.inferred.facts.end()) return std::nullopt;
  const auto& fact = found->second;
  if (taken == onnx::Dependence::type)
    return fact.dtype ? std::optional{Datum{zeros(*fact.dtype, Shape{0})}} : std::nullopt;
  auto type = known_type(fact);
  return type ? std::optional{Datum{Array{type->dtype, std::move(type->shape), {}}}} : std::nullopt;
}

Result<void> Interpreter::compute(const onnx::Node& node) {
  std::vector<const Datum*> inputs;
  std::vector<Datum> stand_ins;
  stand_ins.reserve(node.inputs.size());
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const auto& input = node.inputs[i];
    if (input.empty()) {
      inputs.push_back(nullptr);
      continue;
    }
    if (auto known = stand_in(node, i)) {
      inputs.push_back(&stand_ins.emplace_back(std::move(*known)));
      continue;
    }
    const auto datum = held(input);
    if (!datum) return tl::unexpected{datum.error()};
    if (*datum == nullptr)
      return bad_input(fmt::format("node '{}' reads '{}', which nothing makes", node.name, input));
    inputs.push_back(*datum);
  }
  auto outputs = run(node, inputs, Values{});
  if (!outputs) return tl::unexpected{std::move(outputs.error())};
  for (std::size_t i = 0; i < node.outputs.size() && i < outputs->size(); ++i)
    if (!node.outputs[i].empty()) constants_.insert_or_assign(node.outputs[i], std::move((*outputs)[i]));
  return {};
}

Result<std::vector<Datum>> Interpreter::run(const onnx::Node& node, std::span<const Datum* const> inputs,
                                            const Values& scope) {
  std::vector<onnx::Fact> facts(inputs.size());
  std::vector<const onnx::Fact*> seen(inputs.size(), nullptr);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) continue;
    facts[i] = fact_of(*inputs[i]);
    seen[i] = &facts[i];
  }
  const auto version = opset(node.domain);
  auto outputs = infer(node, version, seen, *this);
  if (!outputs) return tl::unexpected{std::move(outputs.error())};
  if (auto checked = check_sizes(node, *outputs); !checked) return tl::unexpected{std::move(checked.error())};
  const onnx::NodeView view{node, version, std::move(seen), {}, {}};
  if (auto made = run_in_room(node, version, inputs, *outputs)) return std::move(*made);
  if (const auto* const row = find_operator(node.domain, node.op)) {
    for (std::size_t i = 0; i < std::max(row->tensors, inputs.size()) && row->tensors > 0; ++i) {
      const auto* const input = i < inputs.size() ? inputs[i] : nullptr;
      if (input == nullptr ? i < row->tensors : input->kind != onnx::Kind::tensor)
        return view.fail(fmt::format("its input {} is no tensor", i + 1));
    }
    auto made = row->run({view, inputs, *outputs, *this, scope});
    if (made && made->size() > node.outputs.size()) made->resize(node.outputs.size());
    return made;
  }
  if (auto none = empty_outputs(*outputs)) return std::move(*none);
  return failure(Errc::unsupported,
                 fmt::format("node '{}': operator {}{}{} is not computed here, or not in this form; "
                             "docs/operators.md lists what is",
                             node.name, node.domain, node.domain.empty() ? "" : "::", node.op));
}

Result<const Datum*> Interpreter::find(const std::string& name, const Values& scope) {
  if (const auto* const datum = scope.find(name)) return datum;
  return constant(name);
}

Result<void> Interpreter::run_all(const std::vector<onnx::Node>& nodes, Values& scope) {
  for (const auto& node : nodes) {
    std::vector<const Datum*> inputs;
    for (const auto& input : node.inputs) {
      if (input.empty()) {
        inputs.push_back(nullptr);
        continue;
      }
      const auto datum = find(input, scope);
      if (!datum) return tl::unexpected{datum.error()};
      inputs.push_back(*datum);
    }
    auto outputs = run(node, inputs, scope);
    if (!outputs) return tl::unexpected{std::move(outputs.error())};
    for (std::size_t i = 0; i < node.outputs.size() && i < outputs->size(); ++i)
      if (!node.outputs[i].empty()) scope.set(node.outputs[i], std::move((*outputs)[i]));
  }
  return {};
}

Result<std::vector<Datum>> Interpreter::run(const onnx::Graph& body, std::vector<Datum> inputs,
                                            const Values& scope) {
  Values own{&scope};
  for (std::size_t i = 0; i < body.inputs.size() && i < inputs.size(); ++i)
    own.set(body.inputs[i].name, std::move(inputs[i]));
  for (const auto& tensor : body.initializers) {
    auto array = reader_.read(tensor);
    if (!array) return tl::unexpected{std::move(array.error())};
    own.set(tensor.name, std::move(*array));
  }
  if (auto done = run_all(body.nodes, own); !done) return tl::unexpected{std::move(done.error())};
  std::vector<Datum> outputs;
  for (const auto& output : body.outputs) {
    const auto datum = find(output.name, own);
    if (!datum) return tl::unexpected{datum.error()};
    outputs.push_back(**datum);
  }
  return outputs;
}

}  // namespace ns
