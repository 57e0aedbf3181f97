/// Compressed text as it ships: gzip in, plain text out.
#pragma once

#include "core/error.hpp"

#include <string>

namespace ns {

/// `content` itself if it is not gzip; bad_input if it is damaged or unpacks to more than `max_text_bytes`.
Result<std::string> gunzip(std::string content);

}  // namespace ns
