#include "profiler/power/text_lines.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns {
namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::array<std::string_view, 6> time_names{"time_s",    "time",        "seconds",
                                                     "timestamp", "timestamp_s", "t"};
constexpr std::array<std::string_view, 6> power_names{"power_w", "power", "watts", "w", "watt", "p"};
constexpr std::array<std::string_view, 2> milliwatt_names{"power_mw", "mw"};

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const auto begin = line.find_first_not_of(" \t,;\r\"");
    if (begin == std::string_view::npos) break;
    const auto end = std::min(line.find_first_of(" \t,;\r\"", begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    line.remove_prefix(end);
  }
  return words;
}

template <std::size_t Count>
bool is_one_of(std::string_view word, const std::array<std::string_view, Count>& names) {
  const auto same = [&](std::string_view name) {
    return std::ranges::equal(word, name,
                              [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  };
  return std::ranges::any_of(names, same);
}

}  // namespace

bool TextLines::take_header(const std::vector<std::string_view>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_one_of(words[i], time_names)) time_column_ = i;
    const bool in_milliwatts = is_one_of(words[i], milliwatt_names);
    if (!in_milliwatts && !is_one_of(words[i], power_names)) continue;
    power_column_ = i;
    power_name_ = words[i];
    unit_ = in_milliwatts ? 1e-3 : 1.0;
  }
  return power_column_.has_value();
}

std::string TextLines::source() const {
  if (!power_column_) return "watts alone or behind their seconds";
  return fmt::format("column '{}' in {}", power_name_, unit_ == 1.0 ? "watts" : "milliwatts");
}

std::optional<StampedPower> TextLines::parse(std::string_view line) {
  const auto words = words_of(line);
  if (words.empty()) return std::nullopt;
  if (!begun_) {
    begun_ = true;
    if (!parse_number(words.front()) && take_header(words)) return std::nullopt;
  }
  // Without names: watts alone, or behind their stamp.
  constexpr std::size_t none = std::string_view::npos;
  const auto column = [&](std::size_t at) {
    return at < words.size() ? parse_number(words[at]) : std::nullopt;
  };
  const bool pair = words.size() > 1;
  const auto power = column(power_column_.value_or(pair ? 1 : 0));
  const auto time_at = power_column_ ? time_column_.value_or(none) : pair ? 0 : none;
  const auto stamp = column(time_at);
  if (!power || (time_at != none && !stamp)) {
    ++unread_;
    return std::nullopt;
  }
  StampedPower reading{std::nullopt, Watts{unit_ * *power}};
  if (stamp) reading.stamp = Seconds{*stamp};
  return reading;
}

std::vector<StampedPower> TextLines::take(std::string_view bytes) {
  std::vector<StampedPower> readings;
  while (true) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (rest_.size() + piece.size() <= longest_line)
      rest_ += piece;
    else
      overlong_ = true;
    if (end == std::string_view::npos) return readings;
    if (overlong_)
      ++unread_;
    else if (auto reading = parse(rest_))
      readings.push_back(*reading);
    rest_.clear();
    overlong_ = false;
    bytes.remove_prefix(end + 1);
  }
}

}  // namespace ns
