#include "net/onnx/model.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::onnx {

std::int64_t Model::opset(std::string_view domain) const {
  const auto found = std::ranges::find(opsets, canonical_domain(domain), &OpsetImport::domain);
  return found == opsets.end() ? 0 : found->version;
}

std::string title(const Node& node) {
  const auto& name = node.name.empty() && !node.outputs.empty() ? node.outputs.front() : node.name;
  return fmt::format("node '{}' ({})", name, node.domain.empty() ? node.op : node.domain + "." + node.op);
}

const TensorData* held_tensor(const Node& node) {
  if (node.op != "Constant" || !node.domain.empty()) return nullptr;
  for (const auto& attribute : node.attributes)
    if (attribute.name == "value" && attribute.tensors.size() == 1) return &attribute.tensors.front();
  return nullptr;
}

std::string_view canonical_domain(std::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

}  // namespace ns::onnx
