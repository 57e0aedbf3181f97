/// Files that people take for nets.
#pragma once

#include <string_view>

namespace ns {

/// What a file that begins like this is, and what to do: "is a Git LFS pointer, ..."; empty where nobody
/// knows.
std::string_view stranger(std::string_view begin);

/// The text behind a byte order mark, blanks and comments that begin with '#'.
std::string_view significant(std::string_view text);

/// Whether the first bytes hold what no text holds.
bool is_binary(std::string_view begin);

}  // namespace ns
