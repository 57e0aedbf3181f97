/// Protobuf messages written byte by byte, as no writer of models would.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ns::onnx {

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>((value & 0x7FU) | 0x80U);
  return bytes + static_cast<char>(value);
}

inline std::string tag(std::uint32_t number, unsigned type) {
  return varint(std::uint64_t{number} << 3U | type);
}

/// A field of wire type 0.
inline std::string field(std::uint32_t number, std::uint64_t value) { return tag(number, 0) + varint(value); }

/// A field of wire type 2.
inline std::string field(std::uint32_t number, std::string_view content) {
  return tag(number, 2) + varint(content.size()) + std::string{content};
}
inline std::string field(std::uint32_t number, const char* text) {
  return field(number, std::string_view{text});
}

/// x -> Relu -> y, to which `graph_fields` and `model_fields` are added.
inline std::string relu_model(std::string_view graph_fields = {}, std::string_view model_fields = {}) {
  const auto node = field(1, "x") + field(2, "y") + field(4, "Relu");
  const auto graph =
      field(1, node) + field(11, field(1, "x")) + field(12, field(1, "y")) + std::string{graph_fields};
  return field(1, 8) + field(8, field(2, 17)) + field(7, graph) + std::string{model_fields};
}

}  // namespace ns::onnx
