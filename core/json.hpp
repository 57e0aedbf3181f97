/// The JSON door: files are read with simdjson, which is fast at start, and written with nlohmann-json,
/// which keeps the order of keys and turns NaN into null.
#pragma once

#include "core/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ns {

/// For writing. Include <nlohmann/json.hpp> in the .cpp that builds one.
using Json = nlohmann::ordered_json;

/// One value inside a JsonDocument, valid as long as the document lives. Errors name the key, not the file:
/// the caller adds the place with Error::within.
class JsonValue {
 public:
  [[nodiscard]] bool is_null() const;
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_array() const;
  [[nodiscard]] bool is_string() const;

  /// The member `key`; bad_input if this is no object or it is missing or null.
  [[nodiscard]] Result<JsonValue> at(std::string_view key) const;
  /// The member `key`, or nothing if it is missing or null.
  [[nodiscard]] std::optional<JsonValue> find(std::string_view key) const;

  [[nodiscard]] Result<double> number() const;
  [[nodiscard]] Result<std::int64_t> integer() const;
  [[nodiscard]] Result<bool> boolean() const;
  [[nodiscard]] Result<std::string_view> text() const;
  [[nodiscard]] Result<std::vector<JsonValue>> elements() const;
  [[nodiscard]] Result<std::vector<std::pair<std::string_view, JsonValue>>> members() const;
  [[nodiscard]] Result<std::vector<double>> numbers() const;

  // The same of a member, with the key in the error.
  [[nodiscard]] Result<double> number(std::string_view key) const;
  [[nodiscard]] Result<std::int64_t> integer(std::string_view key) const;
  [[nodiscard]] Result<std::string> text(std::string_view key) const;
  [[nodiscard]] Result<std::vector<JsonValue>> elements(std::string_view key) const;
  // The same of a member that may be missing or null.
  [[nodiscard]] Result<double> number_or(std::string_view key, double otherwise) const;
  [[nodiscard]] Result<std::string> text_or(std::string_view key, std::string_view otherwise) const;
  [[nodiscard]] Result<bool> boolean_or(std::string_view key, bool otherwise) const;

 private:
  friend class JsonDocument;
  friend struct JsonAccess;
  alignas(8) std::array<std::byte, 16> element_{};  // a simdjson::dom::element, whose header stays private
};

/// A parsed JSON text.
class JsonDocument {
 public:
  /// Reads and parses `path` ("-" is standard input). Errors name path, line and column.
  static Result<JsonDocument> load(const std::string& path);
  /// Parses `text`; `name` stands for the file in errors.
  static Result<JsonDocument> parse(std::string_view text, std::string_view name);

  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  [[nodiscard]] JsonValue root() const;

  /// bad_input unless the root's "schema" is `name`/1 to `name`/`newest`; the message names what it found.
  [[nodiscard]] Result<void> expect_schema(std::string_view name, int newest = 1) const;

 private:
  struct State;
  explicit JsonDocument(std::unique_ptr<State> state);
  static Result<JsonDocument> parse_padded(std::string text, std::string_view name);
  std::unique_ptr<State> state_;
};

}  // namespace ns
