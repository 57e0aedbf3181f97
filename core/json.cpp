#include "core/json.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <simdjson.h>
#include <type_traits>

namespace ns {

using simdjson::dom::element;
static_assert(sizeof(element) == 16 && std::is_trivially_copyable_v<element>);

struct JsonAccess {
  static element get(const JsonValue& value) {
    element inner;
    std::memcpy(&inner, value.element_.data(), sizeof inner);
    return inner;
  }
  static JsonValue wrap(element inner) {
    JsonValue value;
    std::memcpy(value.element_.data(), &inner, sizeof inner);
    return value;
  }
};

namespace {

tl::unexpected<Error> wrong_kind(std::string_view wanted) {
  return bad_input(fmt::format("must be {}", wanted));
}

/// Adds the key to the error of a member.
template <class T>
Result<T> under(std::string_view key, Result<T> result) {
  if (!result) return tl::unexpected{std::move(result.error()).within(fmt::format("'{}'", key))};
  return result;
}

/// Parsing takes fifteen times as much memory.
constexpr std::size_t max_json_bytes = std::size_t{16} << 20;

/// Reads on until the first mistake and keeps nothing but its place: a value for each element would take more
/// memory than parsing did.
class FirstMistake : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t byte, const std::string&, const nlohmann::json::exception& error) override {
    // Numbers out of range are no mistake of syntax.
    if (dynamic_cast<const nlohmann::json::parse_error*>(&error) != nullptr) place_ = byte;
    return false;
  }

  /// In bytes, counted from 1.
  [[nodiscard]] std::optional<std::size_t> place() const { return place_; }

 private:
  std::optional<std::size_t> place_;
};

/// Where and why `text` is no JSON: simdjson does not say where, so the slower parser looks again.
std::string syntax_error(std::string_view text) {
  FirstMistake mistake;
  nlohmann::json::sax_parse(text, &mistake);
  if (!mistake.place())
    return "1:1: not valid JSON (a number out of range, text that is no UTF-8 or nesting too deep)";
  const auto before = text.substr(0, std::max<std::size_t>(*mistake.place(), 1) - 1);
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto column =
      before.size() - (before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1);
  return fmt::format("{}:{}: not valid JSON here", line, column + 1);
}

}  // namespace

bool JsonValue::is_null() const { return JsonAccess::get(*this).is_null(); }
bool JsonValue::is_object() const { return JsonAccess::get(*this).is_object(); }
bool JsonValue::is_array() const { return JsonAccess::get(*this).is_array(); }
bool JsonValue::is_string() const { return JsonAccess::get(*this).is_string(); }

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  element member;
  const auto inner = JsonAccess::get(*this);
  if (!inner.is_object() || inner.at_key(key).get(member) != simdjson::SUCCESS || member.is_null())
    return std::nullopt;
  return JsonAccess::wrap(member);
}

Result<JsonValue> JsonValue::at(std::string_view key) const {
  if (!is_object()) return wrong_kind(fmt::format("an object with '{}'", key));
  if (const auto member = find(key)) return *member;
  return bad_input(fmt::format("'{}' is missing", key));
}

Result<double> JsonValue::number() const {
  double value = 0.0;
  if (JsonAccess::get(*this).get(value) != simdjson::SUCCESS || !std::isfinite(value))
    return wrong_kind("a number");
  return value;
}

Result<std::int64_t> JsonValue::integer() const {
  std::int64_t value = 0;
  if (JsonAccess::get(*this).get(value) != simdjson::SUCCESS) return wrong_kind("an integer");
  return value;
}

Result<bool> JsonValue::boolean() const {
  bool value = false;
  if (JsonAccess::get(*this).get(value) != simdjson::SUCCESS) return wrong_kind("true or false");
  return value;
}

Result<std::string_view> JsonValue::text() const {
  std::string_view value;
  if (JsonAccess::get(*this).get(value) != simdjson::SUCCESS) return wrong_kind("a string");
  return value;
}

Result<std::vector<JsonValue>> JsonValue::elements() const {
  simdjson::dom::array array;
  if (JsonAccess::get(*this).get(array) != simdjson::SUCCESS) return wrong_kind("an array");
  std::vector<JsonValue> values;
  values.reserve(array.size());
  for (const auto item : array) values.push_back(JsonAccess::wrap(item));
  return values;
}

Result<std::vector<std::pair<std::string_view, JsonValue>>> JsonValue::members() const {
  simdjson::dom::object object;
  if (JsonAccess::get(*this).get(object) != simdjson::SUCCESS) return wrong_kind("an object");
  std::vector<std::pair<std::string_view, JsonValue>> pairs;
  for (const auto [key, value] : object) pairs.emplace_back(key, JsonAccess::wrap(value));
  return pairs;
}

Result<std::vector<double>> JsonValue::numbers() const {
  simdjson::dom::array array;
  if (JsonAccess::get(*this).get(array) != simdjson::SUCCESS) return wrong_kind("an array of numbers");
  std::vector<double> values;
  values.reserve(array.size());
  for (const auto item : array) {
    double value = 0.0;
    if (item.get(value) != simdjson::SUCCESS) return wrong_kind("an array of numbers");
    values.push_back(value);
  }
  return values;
}

Result<double> JsonValue::number(std::string_view key) const {
  const auto member = at(key);
  if (!member) return tl::unexpected{member.error()};
  return under(key, member->number());
}

Result<std::int64_t> JsonValue::integer(std::string_view key) const {
  const auto member = at(key);
  if (!member) return tl::unexpected{member.error()};
  return under(key, member->integer());
}

Result<std::string> JsonValue::text(std::string_view key) const {
  const auto member = at(key);
  if (!member) return tl::unexpected{member.error()};
  return under(key, member->text().map([](std::string_view view) { return std::string{view}; }));
}

Result<std::vector<JsonValue>> JsonValue::elements(std::string_view key) const {
  const auto member = at(key);
  if (!member) return tl::unexpected{member.error()};
  return under(key, member->elements());
}

Result<double> JsonValue::number_or(std::string_view key, double otherwise) const {
  return find(key) ? number(key) : otherwise;
}

Result<std::string> JsonValue::text_or(std::string_view key, std::string_view otherwise) const {
  return find(key) ? text(key) : std::string{otherwise};
}

Result<bool> JsonValue::boolean_or(std::string_view key, bool otherwise) const {
  const auto member = find(key);
  return member ? under(key, member->boolean()) : otherwise;
}

struct JsonDocument::State {
  std::string name;
  std::string text;
  simdjson::dom::parser parser;
  element root;
};

JsonDocument::JsonDocument(std::unique_ptr<State> state) : state_{std::move(state)} {}
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;
JsonDocument::~JsonDocument() = default;

Result<JsonDocument> JsonDocument::load(const std::string& path) {
  auto text = read_file(path, simdjson::SIMDJSON_PADDING);
  if (!text) return tl::unexpected{std::move(text.error())};
  return parse_padded(std::move(*text), path);
}

Result<JsonDocument> JsonDocument::parse(std::string_view text, std::string_view name) {
  std::string padded;
  padded.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  padded = text;
  return parse_padded(std::move(padded), name);
}

Result<JsonDocument> JsonDocument::parse_padded(std::string text, std::string_view name) {
  auto state = std::make_unique<State>();
  state->name = name;
  state->text = std::move(text);
  if (trim(state->text).empty()) return bad_input(fmt::format("{}: is empty", name));
  if (state->text.size() > max_json_bytes)
    return bad_input(
        fmt::format("{}: larger than {} MB, which no JSON file here needs", name, max_json_bytes >> 20U));
  // The capacity covers simdjson's padding, so it need not copy.
  const bool copy = state->text.capacity() < state->text.size() + simdjson::SIMDJSON_PADDING;
  const auto status = state->parser.parse(state->text.data(), state->text.size(), copy).get(state->root);
  if (status != simdjson::SUCCESS) return bad_input(fmt::format("{}:{}", name, syntax_error(state->text)));
  return JsonDocument{std::move(state)};
}

JsonValue JsonDocument::root() const { return JsonAccess::wrap(state_->root); }

Result<void> JsonDocument::expect_schema(std::string_view name, int newest) const {
  const auto schema = root().text("schema");
  if (!schema) return bad_input(fmt::format("{}: no 'schema'; expected {}/{}", state_->name, name, newest));
  for (int version = 1; version <= newest; ++version)
    if (*schema == fmt::format("{}/{}", name, version)) return {};
  return bad_input(fmt::format("{}: schema is '{}'; this program reads {}/1{}", state_->name, *schema, name,
                               newest > 1 ? fmt::format(" to {}/{}", name, newest) : ""));
}

}  // namespace ns
