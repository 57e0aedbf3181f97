/// The text door: whole files in, whole files out, only regular ones, never a number of bytes that a file
/// claims.
#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace ns {

/// Text and JSON above this size are refused.
inline constexpr std::size_t max_text_bytes = std::size_t{64} << 20;

/// "PATH: cannot WHAT: ..." by what errno says, as io.
tl::unexpected<Error> io_failure(const std::string& path, std::string_view what);

/// The content of `path`, "-" being standard input. io if it cannot be read, bad_input if it is no regular
/// file or larger than `max_text_bytes`. Reserves `padding` bytes more than it holds.
Result<std::string> read_file(const std::string& path, std::size_t padding = 0);

/// Writes aside, then renames over `path`, so that a reader sees the old content or the new. A device or a
/// pipe is written to as it is.
Result<void> write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace ns
