#include "runtime/interpreter/rooms.hpp"

#include "kernels/reference/layers.hpp"
#include "net/onnx/mapping/mappers.hpp"
#include "net/onnx/mapping/weight_sources.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace ns {
namespace {

/// Numbers of a node's own inputs.
class GivenConstants final : public onnx::Constants {
 public:
  GivenConstants(const onnx::Node& node, std::span<const Datum* const> inputs)
      : node_{node}, inputs_{inputs} {}

  [[nodiscard]] std::optional<double> number(const std::string& name) const override {
    const auto* const array = find(name);
    return array != nullptr && array->values.size() == 1 ? std::optional{array->values.front()}
                                                         : std::nullopt;
  }

  [[nodiscard]] std::optional<std::vector<double>> reals(const std::string& name) const override {
    const auto* const array = find(name);
    return array != nullptr && is_floating(array->dtype) ? std::optional{array->values} : std::nullopt;
  }

  [[nodiscard]] std::optional<bool> all_are(const std::string& name, double value) const override {
    const auto* const array = find(name);
    if (array == nullptr) return std::nullopt;
    return std::ranges::all_of(array->values, [&](double each) { return each == value; });
  }

  /// What the node is given is real already.
  [[nodiscard]] Quantisation stored_as(const std::string&, std::int64_t) const override { return {}; }

  /// Null for what is none of its inputs.
  [[nodiscard]] const Array* find(const std::string& name) const {
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      if (inputs_[i] != nullptr && node_.inputs[i] == name) return &inputs_[i]->array;
    return nullptr;
  }

 private:
  const onnx::Node& node_;
  std::span<const Datum* const> inputs_;
};

/// Which inputs count as activations; all others as stored.
using Active = std::vector<bool>;

/// A room knows some inputs as weights only, others as activations only. The likeliest division comes first.
std::vector<Active> divisions(std::span<const Datum* const> inputs) {
  const auto of = [&](std::initializer_list<std::size_t> places) {
    Active active(inputs.size(), false);
    for (const auto place : places)
      if (place < inputs.size()) active[place] = inputs[place] != nullptr;
    return active;
  };
  Active all(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) all[i] = inputs[i] != nullptr;
  return {all, of({0}), of({0, 1}), of({0, 2}), of({1}), of({0, 5}), of({0, 5, 6})};
}

std::optional<std::vector<TensorType>> types_of(const onnx::Node& node, std::span<const onnx::Fact> outputs) {
  std::vector<TensorType> types;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (node.outputs[i].empty()) continue;
    auto type = known_type(outputs[i]);
    if (!type) return std::nullopt;
    types.push_back(std::move(*type));
  }
  return types;
}

/// One way to see a node as a layer.
struct RoomCall {
  LayerParams params;
  std::vector<const Array*> activations;
  std::vector<Array> weights;
};

/// The tensor in the form that the weight has: turned, each of its elements repeated.
Array shaped_like(const Array& tensor, bool transposed, const Weight& described) {
  auto made = zeros(tensor.dtype, described.shape);
  if (tensor.values.size() < made.values.size()) {
    const auto per_element = made.values.size() / tensor.values.size();
    for (std::size_t i = 0; i < made.values.size(); ++i) made.values[i] = tensor.values[i / per_element];
    return made;
  }
  if (!transposed) {
    made.values = tensor.values;
    return made;
  }
  const auto rows = static_cast<std::size_t>(described.shape[described.shape.rank() - 2]);
  const auto columns = static_cast<std::size_t>(described.shape[described.shape.rank() - 1]);
  for (std::size_t start = 0; start < made.values.size(); start += rows * columns)
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t column = 0; column < columns; ++column)
        made.values[start + row * columns + column] = tensor.values[start + column * rows + row];
  return made;
}

/// Nothing where the tensors that it is made of do not go together.
std::optional<Array> weight_of(const GivenConstants& constants, const onnx::WeightSource& source,
                               const Weight& described) {
  const auto fits = [](const Array& tensor, std::int64_t count) {
    return tensor.values.size() == 1 || static_cast<std::int64_t>(tensor.values.size()) == count;
  };
  const auto* const tensor = constants.find(source.name);
  const bool is_one_each =
      tensor != nullptr && described.shape.rank() > 0 && fits(*tensor, described.shape[0]);
  if (tensor == nullptr || (!is_one_each && !fits(*tensor, described.shape.elements()))) return std::nullopt;
  auto made = shaped_like(*tensor, source.transposed, described);
  const auto filters = described.shape.rank() == 0 ? 1 : described.shape[0];
  const auto per_filter = made.values.size() / static_cast<std::size_t>(std::max<std::int64_t>(1, filters));
  for (double& value : made.values) value *= source.factor;
  if (source.factors.empty()) return made;
  const auto* const factors = constants.find(source.factors);
  if (factors == nullptr || !fits(*factors, filters)) return std::nullopt;
  for (std::size_t i = 0; i < made.values.size(); ++i)
    made.values[i] *= factors->values[factors->values.size() == 1 ? 0 : i / per_filter];
  return made;
}

std::optional<RoomCall> room_call(const onnx::Node& node, std::int64_t opset,
                                  std::span<const Datum* const> inputs, const Active& active,
                                  const std::vector<TensorType>& outputs, const std::vector<bool>& made) {
  std::vector<onnx::Fact> facts(inputs.size());
  std::vector<const onnx::Fact*> seen(inputs.size(), nullptr);
  std::vector<TensorType> types;
  RoomCall call;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) continue;
    facts[i] = fact_of(*inputs[i]);
    facts[i].constant = facts[i].stored = !active[i];
    seen[i] = &facts[i];
    if (!active[i]) continue;
    call.activations.push_back(&inputs[i]->array);
    types.push_back({inputs[i]->array.shape, inputs[i]->array.dtype});
  }
  if (types.empty()) return std::nullopt;
  const GivenConstants constants{node, inputs};
  const onnx::MappedNode mapped{onnx::NodeView{node, opset, std::move(seen), {}, {}}, constants, types,
                                outputs, made};
  auto room = onnx::room_of(mapped);
  if (!room) return std::nullopt;
  const auto types_made = output_types(*room, types);
  if (!types_made || *types_made != outputs || !reference::supports({*room, {}, types})) return std::nullopt;
  call.params = std::move(*room);
  const auto described = weights(call.params, types);
  const auto stores = [&](const std::string& name) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      if (node.inputs[i] == name && inputs[i] != nullptr && !active[i]) return true;
    return false;
  };
  const auto sources =
      onnx::weight_sources(call.params, node, {stores, [](const std::string&) { return nullptr; }});
  if (sources.size() < described.size()) return std::nullopt;
  for (std::size_t slot = 0; slot < described.size(); ++slot) {
    auto weight = weight_of(constants, sources[slot], described[slot]);
    if (!weight) return std::nullopt;
    call.weights.push_back(std::move(*weight));
  }
  return call;
}

bool is_all_tensors(std::span<const Datum* const> inputs) {
  return std::ranges::all_of(
      inputs, [](const Datum* input) { return input == nullptr || input->kind == onnx::Kind::tensor; });
}

}  // namespace

std::optional<std::vector<Datum>> run_in_room(const onnx::Node& node, std::int64_t opset,
                                              std::span<const Datum* const> inputs,
                                              std::span<const onnx::Fact> outputs) {
  if (!is_all_tensors(inputs)) return std::nullopt;
  const auto types = types_of(node, outputs);
  if (!types) return std::nullopt;
  std::vector<bool> made;
  for (const auto& output : node.outputs) made.push_back(!output.empty());
  std::vector<Active> tried;
  for (auto& active : divisions(inputs)) {
    if (std::ranges::find(tried, active) != tried.end()) continue;
    auto call = room_call(node, opset, inputs, active, *types, made);
    if (!call) {
      tried.push_back(std::move(active));
      continue;
    }
    std::vector<Array> results;
    for (const auto& type : *types) results.push_back(zeros(type.dtype, type.shape));
    std::vector<Array*> targets;
    for (auto& result : results) targets.push_back(&result);
    reference::run(call->params, {call->activations, call->weights, targets});
    std::vector<Datum> outs(node.outputs.size());
    std::size_t next = 0;
    for (std::size_t i = 0; i < outs.size(); ++i)
      if (made[i]) outs[i] = Datum{std::move(results[next++])};
    return outs;
  }
  return std::nullopt;
}

}  // namespace ns
