#include "apps/json_text.hpp"

#include "core/json.hpp"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace ns {
namespace {

/// Whether all stands for itself between quotes, as in all but some names. Without a branch per letter:
/// compilers make vector code of it.
bool is_plain(std::string_view value) {
  unsigned other = 0;
  for (const auto letter : value) {
    const auto byte = static_cast<unsigned char>(letter);
    other |= static_cast<unsigned>(byte < ' ') | static_cast<unsigned>(byte > '~') |
             static_cast<unsigned>(byte == '"') | static_cast<unsigned>(byte == '\\');
  }
  return other == 0;
}

}  // namespace

void append_json(std::string& text, std::string_view value) {
  if (!is_plain(value)) {
    text += Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
    return;
  }
  text += '"';
  text += value;
  text += '"';
}

void append_json(std::string& text, std::int64_t value) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  text.append(digits.data(), end);
}

void append_count(std::string& text, double value) {
  constexpr double exact = 9007199254740992.0;
  if (value >= -exact && value <= exact)
    append_json(text, static_cast<std::int64_t>(value));
  else
    text += Json(value).dump();  // null where it is no number
}

}  // namespace ns
