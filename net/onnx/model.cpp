#include "net/onnx/model.hpp"

#include <algorithm>

namespace ns::onnx {

std::int64_t Model::opset(std::string_view domain) const {
  const auto found = std::ranges::find(opsets, canonical_domain(domain), &OpsetImport::domain);
  return found == opsets.end() ? 0 : found->version;
}

std::string_view canonical_domain(std::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

}  // namespace ns::onnx
