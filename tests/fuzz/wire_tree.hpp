/// A protobuf message as a tree that can be changed anywhere and written again with lengths that fit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns::fuzz {

/// The messages of onnx.proto that are taken apart; `leaf` is a field's content as it stands.
enum class Message : std::uint8_t {
  leaf,
  model,
  graph,
  node,
  attribute,
  tensor,
  sparse,
  value_info,
  type,
  tensor_type,
  shape,
  dim,
  sequence,
  map,
  function,
  opset,
  entry,
};

struct WireField {
  std::uint32_t number = 0;
  std::uint8_t wire_type = 0;       // 0 varint, 1 eight bytes, 2 sized, 5 four bytes
  std::uint64_t value = 0;          // of a varint
  std::string bytes{};              // of a leaf that is no varint
  Message message = Message::leaf;  // of a sized one
  std::vector<WireField> fields{};  // of a message
};

/// The fields of `bytes`, or false where they are none. Deeper than a few dozen messages everything is a
/// leaf.
bool parse_wire(std::string_view bytes, Message message, std::vector<WireField>& fields);

std::string print_wire(const std::vector<WireField>& fields);

/// A varint at the beginning of `bytes`, which lose it; false where there is none.
bool take_varint(std::string_view& bytes, std::uint64_t& value);
void put_varint(std::string& bytes, std::uint64_t value);

}  // namespace ns::fuzz
