#include "net/onnx/mapping/constants.hpp"

#include "net/onnx/node_view.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace ns::onnx {
namespace {

std::optional<double> only(const Value& value) {
  if (size(value) != 1) return std::nullopt;
  if (const auto* reals = std::get_if<std::vector<double>>(&value)) return reals->front();
  if (const auto* integers = std::get_if<std::vector<Extent>>(&value))
    if (const auto number = integers->front().number()) return static_cast<double>(*number);
  return std::nullopt;
}

}  // namespace

ModelConstants::ModelConstants(ModelFile& file) : file_{file} {
  const auto& graph = file.model.graph;
  stored_.reserve(graph.initializers.size());
  for (const auto& tensor : graph.initializers) stored_.emplace(tensor.name, &tensor);
  for (const auto& node : graph.nodes) {
    if (node.outputs.empty()) continue;
    if (const auto* const held = held_tensor(node)) stored_.emplace(node.outputs.front(), held);
    if (node.op == "DequantizeLinear") dequantisers_.emplace(node.outputs.front(), &node);
  }
}

const Fact* ModelConstants::stored_fact(const std::string& name) const {
  const auto fact = file_.inferred.facts.find(name);
  return fact != file_.inferred.facts.end() && fact->second.constant ? &fact->second : nullptr;
}

Quantisation ModelConstants::stored_as(const std::string& name, std::int64_t axis) const {
  const auto found = dequantisers_.find(name);
  if (found == dequantisers_.end() || found->second->inputs.size() < 2) return {};
  const auto& node = *found->second;
  const auto* const filters = stored_fact(node.inputs[0]);
  const auto* const scale = stored_fact(node.inputs[1]);
  const bool has_points = node.inputs.size() > 2 && !node.inputs[2].empty();
  if (filters == nullptr || scale == nullptr || !filters->dims || !scale->dims || !filters->dtype ||
      (has_points && stored_fact(node.inputs[2]) == nullptr))
    return {};
  const NodeView view{node, 0, {}, {}, {}};
  const auto along = view.axis(view.integer("axis", 1), filters->dims->size());
  const bool fits =
      elements(*scale->dims).number() == 1 || (along && *along == static_cast<std::size_t>(axis));
  if (!fits || view.integer("block_size", 0) != 0) return {};
  return filters_around(*this, *filters->dtype, has_points ? node.inputs[2] : "").value_or(Quantisation{});
}

std::optional<bool> ModelConstants::all_are(const std::string& name, double value) const {
  constexpr std::int64_t most = std::int64_t{1} << 16;
  const auto* const fact = stored_fact(name);
  if (fact == nullptr || !fact->dims) return std::nullopt;
  if (elements(*fact->dims).number().value_or(0) > most) return false;
  const auto held = this->value(name, static_cast<std::size_t>(most));
  if (!held) return std::nullopt;
  if (const auto* reals = std::get_if<std::vector<double>>(&*held))
    return std::ranges::all_of(*reals, [&](double each) { return each == value; });
  const auto* integers = std::get_if<std::vector<Extent>>(&*held);
  if (integers == nullptr) return std::nullopt;
  return std::ranges::all_of(*integers, [&](const Extent& each) {
    const auto number = each.number();
    return number && static_cast<double>(*number) == value;
  });
}

std::optional<Quantisation> filters_around(const Constants& constants, DType dtype,
                                           const std::string& points) {
  if (dtype != DType::int8 && dtype != DType::uint8) return std::nullopt;
  Quantisation quantisation;
  quantisation.filter_dtype = dtype;
  // Without points they stand around 0, which is not the middle of uint8.
  if (points.empty()) return dtype == DType::int8 ? std::optional{quantisation} : std::nullopt;
  const auto middle = static_cast<double>(quantisation.middle());
  quantisation.filter_zero_points = !constants.all_are(points, middle).value_or(true);
  return quantisation;
}

std::optional<Value> ModelConstants::value(const std::string& name, std::size_t most) const {
  const auto fact = file_.inferred.facts.find(name);
  if (fact == file_.inferred.facts.end() || !fact->second.constant || !fact->second.dims) return std::nullopt;
  if (fact->second.value) return *fact->second.value;
  const auto count = elements(*fact->second.dims).number();
  const auto stored = stored_.find(name);
  if (!count || *count > static_cast<std::int64_t>(most) || stored == stored_.end()) return std::nullopt;
  auto read = read_value(file_.contents(), *stored->second);
  return read ? std::optional{std::move(*read)} : std::nullopt;
}

std::optional<double> ModelConstants::number(const std::string& name) const {
  const auto held = value(name, 1);
  return held ? only(*held) : std::nullopt;
}

std::optional<std::vector<double>> ModelConstants::reals(const std::string& name) const {
  constexpr std::size_t most = 64;  // scales and bounds, not weights
  const auto held = value(name, most);
  const auto* const reals = held ? std::get_if<std::vector<double>>(&*held) : nullptr;
  return reals != nullptr ? std::optional{*reals} : std::nullopt;
}

}  // namespace ns::onnx
