#include "net/onnx/export/halves.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <unordered_set>

namespace ns::onnx {
namespace {

using Maker = GraphIndex::Maker;
using Names = std::unordered_set<std::string_view>;

enum Side : std::uint8_t { device, server };

/// Shapes follow from the file alone: no input's size is free, and no value was given for one.
bool has_fixed_inputs(const Model& model, const Inferred& inferred) {
  return std::ranges::all_of(model.graph.inputs, [&](const ValueInfo& input) {
    const auto fact = inferred.facts.find(input.name);
    if (fact != inferred.facts.end() && fact->second.value) return false;
    return input.type.kind == Kind::tensor && input.type.dims &&
           std::ranges::all_of(*input.type.dims, [](const DeclaredDim& dim) { return dim.value > 0; });
  });
}

class Parting {
 public:
  Parting(const Model& model, const Inferred& inferred, const GraphIndex& index, const Calls& calls,
          const std::vector<bool>& on_device)
      : model_{model},
        inferred_{inferred},
        index_{index},
        calls_{calls},
        on_device_{on_device},
        fixed_inputs_{has_fixed_inputs(model, inferred)} {}

  Result<Halves> run();

 private:
  /// One half as it grows.
  struct Growing {
    bool runs = false;  // any layer
    std::vector<Form> forms;
    std::set<std::size_t> initializers;
    std::set<std::size_t> inputs;
    std::set<std::size_t> outputs;
    Names asked;                         // names that were looked up already
    std::vector<std::string_view> open;  // names that are still to be looked up
  };

  [[nodiscard]] bool is_constant(std::size_t node) const { return inferred_.costs[node].constant; }
  [[nodiscard]] Side side_of(std::size_t node) const { return on_device_[node] ? device : server; }

  Result<void> place_layers();
  void place_results();
  [[nodiscard]] bool is_made_on_device(std::string_view tensor);
  void keep_calls(Side side);
  [[nodiscard]] bool can_keep(const FunctionCall& call, Side side) const;
  void keep(const FunctionCall& call, Side side);

  Result<void> look_up_all(Side side);
  Result<void> look_up(std::string_view tensor, Side side);
  Result<void> place_constant(std::size_t node, std::string_view tensor, Side side);
  void place(std::size_t node, Side side, Form form);
  /// Whether the half has a tensor that is no constant.
  [[nodiscard]] bool has(std::string_view tensor, Side side) const;
  /// Whether it has all such tensors that a constant node (Shape) reads.
  [[nodiscard]] bool has_all(std::size_t node, Side side) const;
  [[nodiscard]] bool has_known_value(std::size_t node) const;
  void ask(std::string_view tensor, Side side) {
    if (halves_[side].asked.insert(tensor).second) halves_[side].open.push_back(tensor);
  }

  void place_idle_inputs();
  Halves finish();
  Half finish(Growing& half) const;

  const Model& model_;
  const Inferred& inferred_;
  const GraphIndex& index_;
  const Calls& calls_;
  const std::vector<bool>& on_device_;
  bool fixed_inputs_;
  std::array<Growing, 2> halves_;
  Names crossing_;
  Names shapes_;  // of crossing_
};

Result<void> Parting::place_layers() {
  for (auto& half : halves_) half.forms.resize(model_.graph.nodes.size(), Form::none);
  for (std::size_t i = 0; i < model_.graph.nodes.size(); ++i) {
    if (is_constant(i)) continue;
    const auto side = side_of(i);
    halves_[side].runs = true;
    place(i, side, Form::node);
    for (const auto tensor : index_.reads(i)) {
      const auto origin = index_.origin(tensor);
      if (origin.maker == Maker::input) halves_[side].inputs.insert(origin.index);
      if (origin.maker != Maker::node || is_constant(origin.index)) continue;
      const auto made_on = side_of(origin.index);
      if (made_on == device && side == server) crossing_.insert(tensor);
      if (made_on == server && side == device)
        return bad_input(
            fmt::format("node '{}' is on the device, but reads '{}', which node '{}' makes on the server; "
                        "cuts go one way",
                        model_.graph.nodes[i].name, tensor, model_.graph.nodes[origin.index].name));
    }
  }
  return {};
}

void Parting::place(std::size_t node, Side side, Form form) {
  halves_[side].forms[node] = form;
  if (form == Form::value) return;
  for (const auto tensor : form == Form::cast ? index_.needs(node) : index_.reads(node)) ask(tensor, side);
}

bool Parting::has(std::string_view tensor, Side side) const {
  const auto origin = index_.origin(tensor);
  if (side == device)
    return origin.maker == Maker::input || (origin.maker == Maker::node && side_of(origin.index) == device);
  if (origin.maker == Maker::input)
    return !halves_[device].runs || halves_[server].inputs.contains(origin.index);
  return side_of(origin.index) == server || crossing_.contains(tensor);
}

bool Parting::has_all(std::size_t node, Side side) const {
  return std::ranges::all_of(index_.reads(node), [&](std::string_view tensor) {
    const auto origin = index_.origin(tensor);
    const bool runs =
        origin.maker == Maker::input || (origin.maker == Maker::node && !is_constant(origin.index));
    return !runs || has(tensor, side);
  });
}

/// Constants among the results are there without any layer; the device has them if it can.
bool Parting::is_made_on_device(std::string_view tensor) {
  Names seen{tensor};
  std::vector<std::string_view> open{tensor};
  while (!open.empty()) {
    const auto name = open.back();
    open.pop_back();
    const auto node = index_.node_of(name);
    if (!node) continue;
    if (!is_constant(*node)) {
      if (side_of(*node) == server) return false;
      continue;
    }
    for (const auto read : index_.needs(*node))
      if (seen.insert(read).second) open.push_back(read);
  }
  return true;
}

void Parting::place_results() {
  for (std::size_t i = 0; i < model_.graph.outputs.size(); ++i) {
    const auto& name = model_.graph.outputs[i].name;
    const bool head_only = !halves_[server].runs;
    const bool tail_only = halves_[device].runs == false && !head_only;
    const auto side = head_only || (!tail_only && is_made_on_device(name)) ? device : server;
    halves_[side].outputs.insert(i);
    ask(name, side);
  }
}

bool Parting::can_keep(const FunctionCall& call, Side side) const {
  bool runs = false;
  for (auto i = call.begin; i < call.end; ++i) {
    runs = runs || !is_constant(i);
    if (is_constant(i) ? !has_all(i, side) : side_of(i) != side) return false;
  }
  if (!runs) return false;
  return std::ranges::all_of(call.reads, [&](const std::string& tensor) {
    const auto origin = index_.origin(tensor);
    if (origin.maker == Maker::initializer) return true;
    if (origin.maker == Maker::node && is_constant(origin.index)) return true;
    return origin.maker != Maker::nobody && has(tensor, side);
  });
}

void Parting::keep(const FunctionCall& call, Side side) {
  for (auto i = call.begin; i < call.end; ++i) place(i, side, i == call.begin ? Form::call : Form::inner);
  for (const auto& tensor : call.reads) ask(tensor, side);
}

void Parting::keep_calls(Side side) {
  for (const auto& [first, call] : calls_.by_first)
    if (can_keep(call, side)) keep(call, side);
}

bool Parting::has_known_value(std::size_t node) const {
  const auto& outputs = model_.graph.nodes[node].outputs;
  if (!fixed_inputs_ || outputs.size() != 1) return false;
  const auto fact = inferred_.facts.find(outputs[0]);
  return fact != inferred_.facts.end() && fact->second.dtype == DType::int64 && numbers_of(fact->second);
}

Result<void> Parting::place_constant(std::size_t node, std::string_view tensor, Side side) {
  if (has_all(node, side)) {
    place(node, side, Form::node);
    return {};
  }
  if (index_.needs(node).size() < index_.reads(node).size()) {
    place(node, side, Form::cast);
    return {};
  }
  if (has_known_value(node)) {
    place(node, side, Form::value);
    return {};
  }
  const auto& title = model_.graph.nodes[node].name;
  if (side == device)
    return bad_input(
        fmt::format("node '{}' tells the device the size of what the server makes; fix the sizes of all "
                    "inputs in the file, "
                    "or cut elsewhere",
                    title));
  if (has_all(node, device)) {
    crossing_.insert(tensor);
    shapes_.insert(tensor);
    ask(tensor, device);
    return {};
  }
  // It reads from both halves, which no operator on shapes does; what the tail lacks crosses then.
  for (const auto read : index_.reads(node)) {
    const auto origin = index_.origin(read);
    if (origin.maker == Maker::node && !is_constant(origin.index) && !has(read, server))
      crossing_.insert(read);
  }
  place(node, side, Form::node);
  return {};
}

Result<void> Parting::look_up(std::string_view tensor, Side side) {
  auto& half = halves_[side];
  const auto origin = index_.origin(tensor);
  switch (origin.maker) {
    case Maker::nobody:
      return {};
    case Maker::input:
      half.inputs.insert(origin.index);
      return {};
    case Maker::initializer:
      half.initializers.insert(origin.index);
      return {};
    case Maker::node:
      break;
  }
  if (half.forms[origin.index] != Form::none || !is_constant(origin.index)) return {};
  return place_constant(origin.index, tensor, side);
}

Result<void> Parting::look_up_all(Side side) {
  auto& open = halves_[side].open;
  while (!open.empty()) {
    const auto tensor = open.back();
    open.pop_back();
    if (auto done = look_up(tensor, side); !done) return done;
  }
  return {};
}

void Parting::place_idle_inputs() {
  const auto side = halves_[server].runs && !halves_[device].runs ? server : device;
  for (std::size_t i = 0; i < model_.graph.inputs.size(); ++i)
    if (!halves_[device].inputs.contains(i) && !halves_[server].inputs.contains(i))
      halves_[side].inputs.insert(i);
}

Half Parting::finish(Growing& half) const {
  return {std::move(half.forms),
          {half.inputs.begin(), half.inputs.end()},
          {half.outputs.begin(), half.outputs.end()},
          std::move(half.initializers),
          {},
          {}};
}

Halves Parting::finish() {
  Halves halves;
  for (const auto& node : model_.graph.nodes)
    for (const auto& output : node.outputs) {
      if (crossing_.contains(output)) halves.crossing.emplace_back(output);
      if (shapes_.contains(output)) halves.shapes.emplace_back(output);
    }
  const auto is_output = [&](std::string_view name) {
    return std::ranges::any_of(halves_[device].outputs,
                               [&](std::size_t i) { return model_.graph.outputs[i].name == name; });
  };
  const bool nothing_runs = !halves_[device].runs && !halves_[server].runs;
  if (halves_[device].runs || nothing_runs) {
    halves.head = finish(halves_[device]);
    std::ranges::copy_if(halves.crossing, std::back_inserter(halves.head->sent),
                         [&](std::string_view name) { return !is_output(name); });
  }
  if (halves_[server].runs) {
    halves.tail = finish(halves_[server]);
    halves.tail->received = halves.crossing;
  }
  return halves;
}

Result<Halves> Parting::run() {
  if (auto done = place_layers(); !done) return tl::unexpected{std::move(done.error())};
  place_results();
  for (const auto side : {server, device}) {  // what the tail lacks, the head makes
    keep_calls(side);
    if (auto done = look_up_all(side); !done) return tl::unexpected{std::move(done.error())};
  }
  place_idle_inputs();
  return finish();
}

}  // namespace

Result<Halves> part(const Model& model, const Inferred& inferred, const GraphIndex& index, const Calls& calls,
                    const std::vector<bool>& on_device) {
  return Parting{model, inferred, index, calls, on_device}.run();
}

}  // namespace ns::onnx
