#include "net/onnx/mapping/constants.hpp"

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
  for (const auto& node : graph.nodes)
    if (const auto* const held = held_tensor(node); held != nullptr && !node.outputs.empty())
      stored_.emplace(node.outputs.front(), held);
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
