#include "apps/json_text.hpp"

#include "core/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

namespace ns {
namespace {

/// Stands for itself between quotes; all but some names consist of these.
bool is_plain(char letter) { return letter >= ' ' && letter <= '~' && letter != '"' && letter != '\\'; }

}  // namespace

void append_json(std::string& text, std::string_view value) {
  if (!std::ranges::all_of(value, is_plain)) {
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
