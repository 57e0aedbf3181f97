#include "net/layers/fields.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ns {
namespace {

bool is_plain(char letter) {
  const auto code = static_cast<unsigned char>(letter);
  return std::isalnum(code) != 0 || letter == '_' || letter == '.' || letter == ':' || letter == '-';
}

/// Percent-encodes what would end a field, so that any operator's name fits.
std::string escape(std::string_view text) {
  std::string made;
  for (const auto letter : text) {
    if (is_plain(letter)) {
      made += letter;
    } else {
      made += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(letter)));
    }
  }
  return made;
}

std::string unescape(std::string_view text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const auto* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      made += static_cast<char>(code);
      i += 2;
    } else {
      made += text[i];
    }
  }
  return made;
}

/// As print_number, without the plus sign of an exponent, which would start an epilogue.
std::string print_real(double value) {
  auto text = print_number(value);
  std::erase(text, '+');
  return text;
}

template <class Values>
bool all_equal(const Values& values) {
  return std::ranges::adjacent_find(values, std::ranges::not_equal_to{}) == values.end();
}

}  // namespace

void FieldPrinter::bare(std::string_view word) {
  if (!text_.empty()) text_ += ',';
  text_ += word;
}

void FieldPrinter::pair(std::string_view key, std::string_view value) {
  bare(fmt::format("{}={}", key, value));
}

void FieldPrinter::number(std::string_view key, const std::int64_t& value) {
  pair(key, std::to_string(value));
}

void FieldPrinter::number(std::string_view key, const std::int64_t& value, std::int64_t otherwise) {
  if (value != otherwise) number(key, value);
}

void FieldPrinter::real(std::string_view key, const double& value, double otherwise) {
  if (value != otherwise) pair(key, print_real(value));
}

void FieldPrinter::flag(std::string_view key, const bool& value, bool otherwise) {
  if (value != otherwise) pair(key, value ? "1" : "0");
}

void FieldPrinter::text(std::string_view key, const std::string& value) { pair(key, escape(value)); }

void FieldPrinter::text(std::string_view key, const std::string& value, std::string_view otherwise) {
  if (value != otherwise) text(key, value);
}

void FieldPrinter::element(std::string_view key, const DType& value, DType otherwise) {
  if (value != otherwise) pair(key, to_string(value));
}

void FieldPrinter::list(std::string_view key, const std::vector<std::int64_t>& value) {
  if (!value.empty()) pair(key, fmt::format("{}", fmt::join(value, "x")));
}

void FieldPrinter::texts(std::string_view key, const std::vector<std::string>& value) {
  std::vector<std::string> parts;
  for (const auto& part : value) parts.push_back(escape(part));
  if (!parts.empty()) pair(key, fmt::format("{}", fmt::join(parts, "/")));
}

void FieldPrinter::reals(std::string_view key, const std::vector<double>& value) {
  std::vector<std::string> parts;
  for (const auto part : value) parts.push_back(print_real(part));
  if (!parts.empty()) pair(key, fmt::format("{}", fmt::join(parts, "/")));
}

void FieldPrinter::window(std::string_view key, const std::vector<std::int64_t>& value) {
  const bool one = value.size() == spatial_rank_ && !value.empty() && all_equal(value);
  pair(key, one ? std::to_string(value.front()) : fmt::format("{}", fmt::join(value, "x")));
}

void FieldPrinter::window(std::string_view key, const std::vector<std::int64_t>& value,
                          std::int64_t otherwise) {
  const auto is_default = [&](std::int64_t extent) { return extent == otherwise; };
  if (value.size() == spatial_rank_ && std::ranges::all_of(value, is_default)) return;
  window(key, value);
}

void FieldPrinter::pads(std::string_view key, const std::vector<std::int64_t>& value) {
  const auto is_zero = [](std::int64_t pad) { return pad == 0; };
  if (value.size() == 2 * spatial_rank_ && std::ranges::all_of(value, is_zero)) return;
  const auto half = value.begin() + static_cast<std::ptrdiff_t>(value.size() / 2);
  if (value.size() == 2 * spatial_rank_ && std::equal(value.begin(), half, half, value.end())) {
    window(key, {value.begin(), half});
  } else {
    pair(key, fmt::format("{}", fmt::join(value, "x")));
  }
}

FieldParser::FieldParser(std::string_view text, std::size_t spatial_rank) : spatial_rank_{spatial_rank} {
  if (text.empty()) return;
  for (const auto part : split(text, ',')) {
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      fields_.push_back({{}, part});
    } else {
      fields_.push_back({part.substr(0, equals), part.substr(equals + 1)});
    }
  }
}

void FieldParser::fail(std::string message) {
  if (error_.empty()) error_ = std::move(message);
}

void FieldParser::miss(std::string_view key) {
  if (missing_.empty()) missing_ = fmt::format("'{}' is missing", key);
}

bool FieldParser::take(std::string_view key, std::string& value) {
  known_.emplace_back(key);
  const auto found = std::ranges::find(fields_, key, &Field::key);
  if (found == fields_.end()) return false;
  found->used = true;
  value = found->value;
  return true;
}

bool FieldParser::take_bare(std::string_view word) {
  const auto found = std::ranges::find_if(
      fields_, [&](const Field& field) { return field.key.empty() && field.value == word; });
  if (found == fields_.end()) return false;
  found->used = true;
  return true;
}

void FieldParser::reject(std::string_view key, std::string_view word, std::span<const std::string> names) {
  fail(fmt::format("'{}' is no {}; use {}{}", word, key, list_of(names), suggestion(word, names)));
}

void FieldParser::reject_bare(std::span<const std::string> names) {
  const auto found = std::ranges::find(fields_, std::string_view{}, &Field::key);
  if (found == fields_.end() || found->value.empty()) {
    fail(fmt::format("the kind is missing; use {}", list_of(names)));
  } else {
    fail(fmt::format("unknown kind '{}'{}", found->value, suggestion(found->value, names)));
  }
}

void FieldParser::number(std::string_view key, std::int64_t& value) {
  std::string word;
  if (!take(key, word)) return miss(key);
  const auto parsed = parse_integer(word);
  if (!parsed) return fail(fmt::format("'{}={}' is no integer", key, word));
  value = *parsed;
}

void FieldParser::number(std::string_view key, std::int64_t& value, std::int64_t otherwise) {
  value = otherwise;
  if (std::ranges::find(fields_, key, &Field::key) == fields_.end()) {
    known_.emplace_back(key);
  } else {
    number(key, value);
  }
}

void FieldParser::real(std::string_view key, double& value, double otherwise) {
  value = otherwise;
  std::string word;
  if (!take(key, word)) return;
  const auto parsed = parse_number(word);
  if (!parsed) return fail(fmt::format("'{}={}' is no number", key, word));
  value = *parsed;
}

void FieldParser::flag(std::string_view key, bool& value, bool otherwise) {
  value = otherwise;
  std::string word;
  if (!take(key, word)) return;
  if (word != "0" && word != "1") return fail(fmt::format("'{}={}': must be 0 or 1", key, word));
  value = word == "1";
}

void FieldParser::text(std::string_view key, std::string& value) {
  std::string word;
  if (!take(key, word)) return miss(key);
  value = unescape(word);
}

void FieldParser::text(std::string_view key, std::string& value, std::string_view otherwise) {
  value = otherwise;
  std::string word;
  if (take(key, word)) value = unescape(word);
}

void FieldParser::element(std::string_view key, DType& value, DType otherwise) {
  value = otherwise;
  std::string word;
  if (!take(key, word)) return;
  const auto parsed = parse_dtype(word);
  if (!parsed) return fail(fmt::format("'{}={}': {}", key, word, parsed.error().message));
  value = *parsed;
}

void FieldParser::list(std::string_view key, std::vector<std::int64_t>& value) {
  value.clear();
  std::string word;
  if (!take(key, word)) return;
  for (const auto part : split(word, 'x')) {
    const auto parsed = parse_integer(part);
    if (!parsed) return fail(fmt::format("'{}={}' is no list of integers such as 2x3", key, word));
    value.push_back(*parsed);
  }
}

void FieldParser::texts(std::string_view key, std::vector<std::string>& value) {
  value.clear();
  std::string word;
  if (!take(key, word)) return;
  for (const auto part : split(word, '/')) value.push_back(unescape(part));
}

void FieldParser::reals(std::string_view key, std::vector<double>& value) {
  value.clear();
  std::string word;
  if (!take(key, word)) return;
  for (const auto part : split(word, '/')) {
    const auto parsed = parse_number(part);
    if (!parsed) return fail(fmt::format("'{}={}' is no list of numbers such as 1/-1", key, word));
    value.push_back(*parsed);
  }
}

void FieldParser::window(std::string_view key, std::vector<std::int64_t>& value) {
  list(key, value);
  if (value.empty()) return miss(key);
  if (value.size() == 1) value.assign(std::max<std::size_t>(1, spatial_rank_), value.front());
}

void FieldParser::window(std::string_view key, std::vector<std::int64_t>& value, std::int64_t otherwise) {
  list(key, value);
  if (value.empty()) {
    value.assign(spatial_rank_, otherwise);
  } else if (value.size() == 1) {
    value.assign(std::max<std::size_t>(1, spatial_rank_), value.front());
  }
}

void FieldParser::pads(std::string_view key, std::vector<std::int64_t>& value) {
  list(key, value);
  if (value.empty()) {
    value.assign(2 * spatial_rank_, 0);
  } else if (value.size() == 1) {
    value.assign(2 * std::max<std::size_t>(1, spatial_rank_), value.front());
  } else if (value.size() == spatial_rank_) {
    const auto begins = value;
    value.insert(value.end(), begins.begin(), begins.end());
  }
}

Result<void> FieldParser::finish() {
  for (const auto& field : fields_) {
    if (field.used || !error_.empty()) continue;
    const auto word = field.key.empty() ? field.value : field.key;
    fail(fmt::format("unknown parameter '{}'{}", word, suggestion(word, known_)));
  }
  if (error_.empty()) error_ = std::move(missing_);
  if (!error_.empty()) return bad_input(std::move(error_));
  return {};
}

}  // namespace ns
