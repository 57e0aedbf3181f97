#include "tests/fuzz/wire_tree.hpp"

#include <algorithm>
#include <array>

namespace ns::fuzz {
namespace {

constexpr int deepest = 40;

struct Child {
  Message parent;
  std::uint32_t number;
  Message message;
};

/// Which fields are messages (onnx.proto of ONNX 1.22).
constexpr std::array children{
    Child{Message::model, 7, Message::graph},
    Child{Message::model, 8, Message::opset},
    Child{Message::model, 25, Message::function},
    Child{Message::graph, 1, Message::node},
    Child{Message::graph, 5, Message::tensor},
    Child{Message::graph, 11, Message::value_info},
    Child{Message::graph, 12, Message::value_info},
    Child{Message::graph, 13, Message::value_info},
    Child{Message::graph, 15, Message::sparse},
    Child{Message::node, 5, Message::attribute},
    Child{Message::attribute, 5, Message::tensor},
    Child{Message::attribute, 6, Message::graph},
    Child{Message::attribute, 10, Message::tensor},
    Child{Message::attribute, 11, Message::graph},
    Child{Message::attribute, 14, Message::type},
    Child{Message::attribute, 15, Message::type},
    Child{Message::attribute, 22, Message::sparse},
    Child{Message::attribute, 23, Message::sparse},
    Child{Message::tensor, 13, Message::entry},
    Child{Message::sparse, 1, Message::tensor},
    Child{Message::sparse, 2, Message::tensor},
    Child{Message::value_info, 2, Message::type},
    Child{Message::type, 1, Message::tensor_type},
    Child{Message::type, 4, Message::sequence},
    Child{Message::type, 5, Message::map},
    Child{Message::type, 8, Message::tensor_type},
    Child{Message::type, 9, Message::sequence},
    Child{Message::tensor_type, 2, Message::shape},
    Child{Message::shape, 1, Message::dim},
    Child{Message::sequence, 1, Message::type},
    Child{Message::map, 2, Message::type},
    Child{Message::function, 7, Message::node},
    Child{Message::function, 9, Message::opset},
    Child{Message::function, 11, Message::attribute},
    Child{Message::function, 12, Message::value_info},
};

Message child_of(Message parent, std::uint32_t number) {
  const auto* const found = std::ranges::find_if(
      children, [&](const Child& child) { return child.parent == parent && child.number == number; });
  return found == children.end() ? Message::leaf : found->message;
}

bool take(std::string_view& bytes, std::uint64_t count, std::string& into) {
  if (count > bytes.size()) return false;
  into = bytes.substr(0, count);
  bytes.remove_prefix(count);
  return true;
}

bool parse(std::string_view bytes, Message message, std::vector<WireField>& fields, int depth);

bool parse_content(std::string_view& bytes, Message parent, WireField& field, int depth) {
  std::uint64_t size = 0;
  switch (field.wire_type) {
    case 0:
      return take_varint(bytes, field.value);
    case 1:
      return take(bytes, 8, field.bytes);
    case 5:
      return take(bytes, 4, field.bytes);
    case 2:
      if (!take_varint(bytes, size) || !take(bytes, size, field.bytes)) return false;
      break;
    default:
      return false;
  }
  const auto message = child_of(parent, field.number);
  if (message == Message::leaf || depth == deepest) return true;
  if (parse(field.bytes, message, field.fields, depth + 1)) {
    field.message = message;
    field.bytes.clear();
  } else {
    field.fields.clear();
  }
  return true;
}

bool parse(std::string_view bytes, Message message, std::vector<WireField>& fields, int depth) {
  while (!bytes.empty()) {
    std::uint64_t tag = 0;
    if (!take_varint(bytes, tag)) return false;
    WireField field{static_cast<std::uint32_t>(tag >> 3U), static_cast<std::uint8_t>(tag & 7U)};
    if (!parse_content(bytes, message, field, depth)) return false;
    fields.push_back(std::move(field));
  }
  return true;
}

}  // namespace

bool take_varint(std::string_view& bytes, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

void put_varint(std::string& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>((value & 0x7FU) | 0x80U);
  bytes += static_cast<char>(value);
}

bool parse_wire(std::string_view bytes, Message message, std::vector<WireField>& fields) {
  return parse(bytes, message, fields, 0);
}

std::string print_wire(const std::vector<WireField>& fields) {
  std::string bytes;
  for (const auto& field : fields) {
    put_varint(bytes, std::uint64_t{field.number} << 3U | field.wire_type);
    if (field.wire_type == 0) {
      put_varint(bytes, field.value);
      continue;
    }
    const auto content = field.message == Message::leaf ? field.bytes : print_wire(field.fields);
    if (field.wire_type == 2) put_varint(bytes, content.size());
    bytes += content;
  }
  return bytes;
}

}  // namespace ns::fuzz
