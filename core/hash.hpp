/// A short name for a content, so that a file can say which other file it was made from.
#pragma once

#include <string>
#include <string_view>

namespace ns {

/// FNV-1a, 64 bits (RFC draft eastlake-fnv), as 16 hexadecimal digits. Tells versions apart; guards against
/// nothing.
std::string content_hash(std::string_view content);

}  // namespace ns
