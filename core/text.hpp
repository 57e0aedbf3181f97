/// Text in and numbers out: strict parsing, shortest exact printing, suggestions for misspelt names.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// The whole of `text` as an integer, or nothing.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// The whole of `text` as a finite number, or nothing.
std::optional<double> parse_number(std::string_view text);

/// The fewest digits that read back as the same number.
std::string print_number(double value);

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);

/// `names` as one sentence part: "a, b or c".
std::string list_of(std::span<const std::string> names);

/// "; did you mean 'x'?" for the name nearest to `name`, or nothing if none is near.
std::string suggestion(std::string_view name, std::span<const std::string> names);

}  // namespace ns
