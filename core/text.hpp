/// Text in and numbers out: strict parsing, shortest exact printing, suggestions for misspelt names.
#pragma once

#include <concepts>
#include <cstddef>
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

/// "1 layer", "3 layers", "1 layer is": `many` where that is not `one` and an s.
template <std::integral Count>
std::string counted(Count count, std::string_view one, std::string_view many = {}) {
  const bool adds_s = count != 1 && many.empty();
  return std::to_string(count)
      .append(" ")
      .append(count == 1 || adds_s ? one : many)
      .append(adds_s ? "s" : "");
}

/// "; did you mean 'x'?" for the name nearest to `name`, or nothing if none is near.
std::string suggestion(std::string_view name, std::span<const std::string> names);

/// A name with its control characters, which a terminal would obey, as "\x1b".
std::string printable(std::string_view name);

/// The same for a column of a table: one that is longer without its middle ("features.1..conv.2").
std::string shortened(std::string_view name, std::size_t longest = 40);

}  // namespace ns
