/// A message in protobuf's text format as a tree of fields, without knowledge of any schema.
#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns::prototxt {

struct Message;

/// `name: value` or `name { ... }`. Views into the text, which must live on.
struct Field {
  std::string_view name;
  std::size_t offset = 0;    // of the name
  std::string_view literal;  // a word or number as written, or string literals with their quotes
  std::unique_ptr<Message> message;

  [[nodiscard]] bool is_string() const {
    return !literal.empty() && (literal[0] == '"' || literal[0] == '\'');
  }
  /// A word as it stands; of strings their content, escapes undone and neighbours joined.
  [[nodiscard]] std::string text() const;
};

struct Message {
  std::size_t offset = 0;
  std::vector<Field> fields;

  /// The last field of that name (as protobuf merges), or nothing.
  [[nodiscard]] const Field* find(std::string_view name) const;
  /// The message of the last field of that name, or nothing.
  [[nodiscard]] const Message* find_message(std::string_view name) const;
  /// All fields of that name.
  [[nodiscard]] std::vector<const Field*> all(std::string_view name) const;
  /// The texts of all fields of that name.
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
};

/// Turns offsets into "file:line:column". Fast where offsets ascend.
class Places {
 public:
  Places(std::string_view text, std::string file) : text_{text}, file_{std::move(file)} {}
  [[nodiscard]] std::string at(std::size_t offset);

 private:
  std::string_view text_;
  std::string file_;
  std::size_t offset_ = 0;
  std::size_t line_ = 1;
  std::size_t line_start_ = 0;
};

/// Reads `text` field by field of its outermost message. Fields that `wanted` refuses are checked and
/// skipped; of the others `take` gets the tree. bad_input with the place for what is no text format, is
/// nested more than 100 deep or holds more than 200,000 fields in one tree.
Result<void> for_each_field(std::string_view text, Places& places,
                            const std::function<bool(std::string_view name, std::size_t offset)>& wanted,
                            const std::function<Result<void>(Field)>& take);

}  // namespace ns::prototxt
