#include "net/onnx/engine.hpp"

#include "net/onnx/captures.hpp"
#include "net/onnx/cost.hpp"
#include "net/onnx/declared.hpp"
#include "net/onnx/dependence.hpp"
#include "net/onnx/reading.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// Contradictions that are told one by one.
constexpr std::size_t most_told = 5;

/// Bodies of Loop and Scan may be run many times, nested ones more; above this many nodes their outputs stay
/// unknown.
constexpr std::size_t most_body_nodes = std::size_t{1} << 18;
/// Elements that are made count too: so many take as long as a node.
constexpr std::size_t elements_per_node = 32;

/// What is known of elements together, in numbers: 100 MB of extents. A node is some thirty bytes of a file,
/// and what it makes may be 4096 elements.
constexpr std::size_t most_known_elements = std::size_t{1} << 22;

/// More axes than any runtime has; shapes that are tensors of 4096 elements could ask for as many.
constexpr std::size_t most_axes = 64;

/// Expressions take a thousand times as long as numbers; shapes need few.
constexpr std::size_t most_symbolic_elements = 128;

bool has_negative(const Dims& dims) {
  return std::ranges::any_of(dims,
                             [](const Extent& extent) { return extent.is_known() && extent.value() < 0; });
}

/// Attributes and computed sizes may ask for what no tensor has.
Result<void> check_dims(const NodeView& view, std::span<const Fact> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto& dims = outputs[i].dims;
    if (!dims) continue;
    const auto& name = view.node().outputs[i];
    if (dims->size() > most_axes)
      return view.fail(fmt::format("its output '{}' would have {} axes; at most {} are supported", name,
                                   dims->size(), most_axes));
    if (has_negative(*dims))
      return view.fail(
          fmt::format("its output '{}' would be {}; no extent is negative", name, to_string(*dims)));
  }
  return {};
}

/// How many numbers the value or the sequence is as large as; its shape counts with an element of a sequence.
std::size_t known_elements(const Fact& fact) {
  constexpr std::size_t of_element = 16;
  return (fact.value ? size(*fact.value) : 0) + (fact.elements ? of_element * fact.elements->size() : 0);
}

std::size_t symbolic_elements(const Fact& fact) {
  const auto* const extents = extents_of(fact);
  return extents == nullptr ? 0
                            : static_cast<std::size_t>(std::ranges::count_if(*extents, &Extent::is_symbolic));
}

/// Made anew by every run: never constant, though nothing goes in.
bool is_random(const Node& node) {
  static constexpr std::array<std::string_view, 6> operators{
      "RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Bernoulli", "Multinomial"};
  return std::ranges::find(operators, node.op) != operators.end();
}

bool takes_shape_alone(const Node& node) { return dependence(node, 0) == Dependence::shape; }

bool has_unknown(const Fact& fact) {
  if (fact.kind != Kind::tensor) return false;
  return !fact.dims || std::ranges::any_of(*fact.dims, &Extent::is_unknown);
}

bool is_all_known(const Fact& fact) {
  if (fact.kind == Kind::tensor && (!fact.dims || !all_known(*fact.dims))) return false;
  const auto* const extents = extents_of(fact);
  return extents == nullptr || std::ranges::none_of(*extents, &Extent::is_symbolic);
}

bool is_value_known(const Fact& fact) {
  if (!fact.value) return false;
  const auto* const extents = extents_of(fact);
  return extents == nullptr || std::ranges::none_of(*extents, &Extent::is_unknown);
}

/// A value that does not belong to its dims helps nobody.
void drop_wrong_value(Fact& fact) {
  if (!fact.value) return;
  const auto count = fact.dims ? elements(*fact.dims).number() : std::nullopt;
  if (!count || *count != static_cast<std::int64_t>(size(*fact.value)) ||
      size(*fact.value) > max_value_elements)
    fact.value.reset();
}

std::string label(const Node& node) { return node.domain.empty() ? node.op : node.domain + "::" + node.op; }

}  // namespace

/// What a node reads.
struct Engine::Inputs {
  std::vector<Scope::Found> found;
  std::vector<const Fact*> facts;     // of `found`
  std::vector<const Fact*> captured;  // by subgraphs

  /// Whether it holds for any of them but those that tell `node` nothing but an element type that is known.
  template <class Predicate>
  [[nodiscard]] bool any_deciding(const Node& node, Predicate holds) const {
    for (std::size_t i = 0; i < facts.size(); ++i) {
      const bool decides =
          facts[i] != nullptr && (dependence(node, i) != Dependence::type || !facts[i]->dtype);
      if (decides && holds(*facts[i])) return true;
    }
    return std::ranges::any_of(captured, [&](const Fact* fact) { return fact != nullptr && holds(*fact); });
  }
};

Engine::Engine(const Model& model, const Contents& contents, const Sizes& sizes,
               std::vector<std::string>& warnings)
    : model_{model}, contents_{contents}, sizes_{sizes}, warnings_{warnings} {}

std::int64_t Engine::opset_of(const std::string& domain) {
  const auto [place, is_new] = opsets_.try_emplace(domain, 0);
  if (is_new) {
    place->second = model_.opset(domain);
    // Files that forget the import of a domain are read as its newest.
    if (place->second <= 0) place->second = domain.empty() ? newest_opset : 1;
  }
  return place->second;
}

void Engine::add_initializers(const Graph& graph, Scope& scope) {
  for (const auto& initializer : graph.initializers) {
    auto fact = tensor(initializer.dtype, Dims(initializer.dims.begin(), initializer.dims.end()));
    fact.constant = true;
    fact.stored = true;
    scope.add_unread(scope.add(initializer.name, std::move(fact)), initializer);
  }
}

Engine::Inputs Engine::inputs_of(const Node& node, const Scope& scope) {
  Inputs inputs;
  inputs.found.reserve(node.inputs.size());
  inputs.facts.reserve(node.inputs.size());
  for (const auto& name : node.inputs) {
    inputs.found.push_back(name.empty() ? Scope::Found{} : scope.find(name));
    inputs.facts.push_back(inputs.found.back().fact);
  }
  for (const auto name : captured_names(node)) inputs.captured.push_back(scope.find(std::string{name}).fact);
  return inputs;
}

void Engine::read(Unread& unread, Fact& fact) {
  if (!unread.trouble.empty()) return;
  auto value = read_value(contents_, *unread.tensor);
  if (!value) {
    unread.trouble = std::move(value.error().message);
    return;
  }
  fact.value = std::make_shared<const Value>(*std::move(value));
  forget_too_much({&fact, 1});
  if (!fact.value) unread.trouble = "too many elements of other tensors are known already";
}

void Engine::read_values(const Node& node, Inputs& inputs) {
  if (contents_.source == nullptr) return;
  const auto is_known = [&](const Scope::Found& found) {
    return found.fact == nullptr || found.fact->value || found.unread != nullptr;
  };
  for (auto& found : inputs.found) {
    if (found.unread == nullptr) continue;
    const bool others = std::ranges::all_of(
        inputs.found, [&](const Scope::Found& other) { return &other == &found || is_known(other); });
    if (is_worth_reading(node, *found.fact, others)) read(*found.unread, *found.fact);
  }
}

/// What holds whatever the operator is: what is constant, and what depends on data.
void Engine::settle(const Node& node, const OpRule* rule, const Inputs& inputs, std::span<Fact> outputs) {
  const auto any = [&](auto holds) { return inputs.any_deciding(node, holds); };
  const bool constant =
      rule != nullptr && !is_random(node) && !any([](const Fact& fact) { return !fact.constant; });
  const bool stored =
      constant && !takes_shape_alone(node) && !any([](const Fact& fact) { return !fact.stored; });
  const bool shape_alone = takes_shape_alone(node) && !any(has_unknown);
  const bool on_data = any([](const Fact& fact) { return fact.on_data; });
  // Where all that goes in is known but the elements of activations, these must decide.
  const bool by_values =
      rule != nullptr && !constant && !any([](const Fact& fact) { return !is_all_known(fact); });
  for (auto& output : outputs) {
    drop_wrong_value(output);
    output.stored = stored;
    output.constant = constant || shape_alone || is_value_known(output);
    if (output.kind == Kind::tensor && !has_unknown(output))
      output.on_data = false;
    else
      output.on_data = output.on_data || on_data || by_values;
  }
}

/// Bounds of outputs from bounds of inputs: the rule once more, with the largest shapes that can come in.
void Engine::bound(const OpRule& rule, const NodeView& node, const Inputs& inputs, std::span<Fact> outputs) {
  if (rule.work == Work::body || std::ranges::none_of(outputs, has_unknown)) return;
  bool any = false;
  std::vector<Fact> largest(inputs.facts.size());
  std::vector<const Fact*> facts = inputs.facts;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (facts[i] == nullptr || !has_unknown(*facts[i])) continue;
    if (!facts[i]->most) return;
    largest[i] = *facts[i];
    largest[i].dims = facts[i]->most;
    largest[i].value.reset();
    facts[i] = &largest[i];
    any = true;
  }
  if (!any) return;
  std::vector<Fact> made(outputs.size());
  NodeView again{node.node(), node.opset(), std::move(facts), made, {}};
  if (!rule.infer(again)) return;
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (has_unknown(outputs[i]) && !outputs[i].most && made[i].dims && all_known(*made[i].dims) &&
        !has_negative(*made[i].dims))
      outputs[i].most = made[i].dims;
}

void Engine::hold_against_declared(const Node& node, const Scope& scope, std::span<Fact> outputs) {
  const bool one_off = node.domain.empty() && (node.op == "Resize" || node.op == "Upsample");
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto* const type = scope.declared(node.outputs[i]);
    if (type == nullptr) continue;
    const auto contradiction = complete(outputs[i], sizes_.declared(*type), one_off);
    if (contradiction && ++contradictions_ <= most_told)
      warnings_.push_back(fmt::format("tensor '{}' of node '{}' ({}): {}; the declared shape is ignored",
                                      node.outputs[i], node.name, label(node), *contradiction));
  }
}

/// Drops elements that are too many; shapes and lengths that follow from them stay unknown.
void Engine::forget_too_much(std::span<Fact> outputs) {
  for (auto& output : outputs) {
    const auto count = known_elements(output);
    made_elements_ += count;
    if (count <= most_known_elements - known_elements_ &&
        symbolic_elements(output) <= most_symbolic_elements) {
      known_elements_ += count;
      continue;
    }
    output.value.reset();
    output.elements.reset();
    forgot_ = true;
  }
}

void Engine::add_unknown(const Node& node) {
  auto& unknown = unknown_[label(node)];
  if (unknown.nodes.empty()) {
    unknown.first = node.name;
    unknown.imported = model_.opset(node.domain) > 0;
  }
  unknown.nodes.insert(&node);
}

void Engine::finish() {
  for (const auto& [op, unknown] : unknown_) {
    const auto others =
        unknown.nodes.size() == 1 ? "" : fmt::format(" and {} more", unknown.nodes.size() - 1);
    warnings_.push_back(fmt::format(
        "operator {} is not known{} (node '{}'{}): its outputs have the shapes that the file declares, if "
        "any, and what "
        "it costs is not counted",
        op, unknown.imported ? "" : ", and the model does not import its domain", unknown.first, others));
  }
  if (forgot_)
    warnings_.push_back(fmt::format(
        "more elements are known beforehand than are followed ({} together, {} with free dimensions in one "
        "tensor); shapes that depend on the others stay unknown",
        most_known_elements, most_symbolic_elements));
  if (contradictions_ > most_told)
    warnings_.push_back(
        fmt::format("{} more tensors have a declared shape that contradicts the operators; the "
                    "declared shapes are stale, remove them",
                    contradictions_ - most_told));
}

Result<NodeCost> Engine::run(const Node& node, Scope& scope) {
  const auto* const rule = find_rule(node.domain, node.op);
  auto inputs = inputs_of(node, scope);
  read_values(node, inputs);
  std::vector<Fact> outputs(node.outputs.size());
  NodeView view{node,
                opset_of(node.domain),
                inputs.facts,
                outputs,
                [&](const Graph& body, std::span<const Fact> facts) { return run_body(body, facts, scope); },
                [&](const TensorData& tensor) { return read_value(contents_, tensor); }};
  if (rule == nullptr) {
    add_unknown(node);
  } else {
    if (auto inferred = rule->infer(view); !inferred) return tl::unexpected{std::move(inferred.error())};
    if (const auto needed = first_needed(node.op);
        needed && node.domain.empty() && std::ranges::any_of(outputs, has_unknown))
      for (auto i = *needed; i < inputs.found.size(); ++i)
        if (const auto* const unread = inputs.found[i].unread; unread != nullptr && !unread->trouble.empty())
          return view.fail(fmt::format("its shape follows from the elements of '{}': {}", node.inputs[i],
                                       unread->trouble));
  }
  settle(node, rule, inputs, outputs);
  if (rule != nullptr) bound(*rule, view, inputs, outputs);
  hold_against_declared(node, scope, outputs);
  if (auto checked = check_dims(view, outputs); !checked) return tl::unexpected{std::move(checked.error())};
  forget_too_much(outputs);

  const bool constant = !outputs.empty() && std::ranges::all_of(outputs, &Fact::constant);
  auto cost =
      rule == nullptr ? NodeCost{.opaque = true, .lower_bound = true} : cost_of(*rule, view, constant);
  cost.after_data = std::ranges::any_of(outputs, &Fact::on_data);
  const auto* const held = held_tensor(node);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (node.outputs[i].empty()) continue;
    const auto& fact = scope.add(node.outputs[i], std::move(outputs[i]));
    if (held != nullptr) scope.add_unread(fact, *held);
  }
  return cost;
}

Result<BodyRun> Engine::run_body(const Graph& body, std::span<const Fact> inputs, const Scope& outer) {
  BodyRun run;
  run.outputs.resize(body.outputs.size());
  body_nodes_ += body.nodes.size() + 1;
  if (body_nodes_ + made_elements_ / elements_per_node > most_body_nodes) {
    run.lower_bound = true;
    return run;
  }
  const auto known_outside = known_elements_;
  Scope::Facts facts;
  Scope scope{facts, &outer};
  for (const auto& info : body.value_infos) scope.declare(info);
  for (std::size_t i = 0; i < body.inputs.size(); ++i) {
    auto fact = i < inputs.size() ? inputs[i] : Fact{};
    complete(fact, sizes_.declared(body.inputs[i].type), false);  // what comes in is right
    scope.add(body.inputs[i].name, std::move(fact));
  }
  add_initializers(body, scope);
  for (const auto& node : body.nodes) {
    const auto cost = this->run(node, scope);
    if (!cost) return tl::unexpected{cost.error()};
    run.macs += cost->macs;
    run.flops += cost->flops;
    run.lower_bound = run.lower_bound || cost->lower_bound;
  }
  for (std::size_t i = 0; i < body.outputs.size(); ++i) {
    const auto found = scope.find(body.outputs[i].name);
    if (found.fact == nullptr) continue;
    if (found.unread != nullptr && contents_.source != nullptr && is_worth_reading({}, *found.fact, true))
      read(*found.unread, *found.fact);
    run.outputs[i] = *found.fact;
  }
  known_elements_ = known_outside;
  return run;
}

}  // namespace ns::onnx
