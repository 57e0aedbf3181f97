#include "core/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <utility>

namespace ns {
namespace {

template <class Number>
std::optional<Number> parse_whole(std::string_view text) {
  Number value{};
  const auto* end = text.data() + text.size();
  const auto [stopped, status] = std::from_chars(text.data(), end, value);
  if (status != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

/// How many letters to insert, drop, change or swap with their neighbour (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> last;
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    before = std::exchange(last, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      row[j + 1] =
          std::min({last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? std::size_t{0} : std::size_t{1})});
      if (i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j])
        row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) { return parse_whole<std::int64_t>(text); }

std::optional<double> parse_number(std::string_view text) {
  const auto value = parse_whole<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::string print_number(double value) { return fmt::format("{}", value); }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string list_of(std::span<const std::string> names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

std::string suggestion(std::string_view name, std::span<const std::string> names) {
  if (name.size() > 100) return {};
  auto least = std::max<std::size_t>(1, name.size() / 3) + 1;
  const std::string* nearest = nullptr;
  for (const auto& candidate : names) {
    // Names so much longer are farther away; a file's may be thousands, each of kilobytes.
    if (candidate.size() >= name.size() + least) continue;
    const auto apart = distance(name, candidate);
    if (apart >= least) continue;
    least = apart;
    nearest = &candidate;
  }
  return nearest == nullptr ? std::string{} : fmt::format("; did you mean '{}'?", *nearest);
}

std::string printable(std::string_view name) {
  std::string text;
  for (const auto letter : name) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x20 || byte == 0x7f)
      text += fmt::format("\\x{:02x}", byte);
    else
      text += letter;
  }
  return text;
}

std::string shortened(std::string_view full, std::size_t longest) {
  auto name = printable(full);
  if (name.size() <= longest) return name;
  auto begin = longest / 2 - 2;
  auto end = name.size() - longest / 2;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(name[at]) & 0xC0U) == 0x80U;
  };
  while (begin > 0 && continues(begin)) --begin;
  while (end < name.size() && continues(end)) ++end;
  return fmt::format("{}..{}", name.substr(0, begin), name.substr(end));
}

}  // namespace ns
