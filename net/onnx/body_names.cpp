#include "net/onnx/body_names.hpp"

#include <fmt/format.h>

namespace ns::onnx {

void TakenNames::add_all(const Graph& graph) {
  for (const auto& input : graph.inputs) taken_.insert(input.name);
  for (const auto& tensor : graph.initializers) taken_.insert(tensor.name);
  for (const auto& node : graph.nodes) {
    taken_.insert(node.outputs.begin(), node.outputs.end());
    for (const auto& attribute : node.attributes)
      for (const auto& inner : attribute.graphs) add_all(*inner);
  }
}

std::string TakenNames::fresh(const std::string& wanted) {
  if (taken_.insert(wanted).second) return wanted;
  auto& next = next_.try_emplace(wanted, 2).first->second;
  while (true) {
    auto name = fmt::format("{}#{}", wanted, next++);
    if (taken_.insert(name).second) return name;
  }
}

void BodyNames::define(const std::string& name) {
  if (!name.empty() && !defines(name)) bind(name, taken_.fresh(prefix_ + "/" + name));
}

std::string BodyNames::at(const std::string& name) const {
  if (name.empty()) return {};
  for (const auto* scope = this; scope != nullptr; scope = scope->outer_)
    if (const auto found = scope->names_.find(name); found != scope->names_.end()) return found->second;
  return prefix_ + "/" + name;  // nobody makes it, which is said later
}

}  // namespace ns::onnx
