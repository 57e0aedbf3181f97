#include "net/onnx/mapping/constants.hpp"

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

Constants::Constants(ModelFile& file) : file_{file} {
  const auto& graph = file.model.graph;
  stored_.reserve(graph.initializers.size());
  for (const auto& tensor : graph.initializers) stored_.emplace(tensor.name, &tensor);
  for (const auto& node : graph.nodes) {
    if (node.op != "Constant" || !node.domain.empty() || node.outputs.empty()) continue;
    for (const auto& attribute : node.attributes)
      if (attribute.name == "value" && !attribute.tensors.empty())
        stored_.emplace(node.outputs.front(), &attribute.tensors.front());
  }
}

std::optional<double> Constants::number(const std::string& name) const {
  const auto fact = file_.inferred.facts.find(name);
  if (fact == file_.inferred.facts.end() || !fact->second.constant || !fact->second.dims) return std::nullopt;
  if (fact->second.value) return only(*fact->second.value);
  if (elements(*fact->second.dims).number() != 1) return std::nullopt;
  const auto stored = stored_.find(name);
  if (stored == stored_.end()) return std::nullopt;
  const auto value = read_value(file_.contents(), *stored->second);
  return value ? only(*value) : std::nullopt;
}

}  // namespace ns::onnx
