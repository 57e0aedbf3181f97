/// JSON appended to a text directly: the same characters that core/json.hpp writes, without building values
/// first, for results of thousands of lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ns {

/// In quotes. What is no UTF-8 is replaced, for names are bytes of a file.
void append_json(std::string& text, std::string_view value);
void append_json(std::string& text, std::int64_t value);

/// A count: a whole number, exact in a double up to 2^53; beyond that as a double.
void append_count(std::string& text, double value);

}  // namespace ns
