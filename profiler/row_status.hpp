/// What became of a row of a profile.
#pragma once

#include <string_view>

namespace ns {

/// skipped: the backend cannot; failed: it tried and could not; wrong: it computed something else than the
/// reference.
enum class RowStatus { ok, skipped, failed, wrong };

/// "ok", "skipped", "failed", "wrong".
std::string_view to_string(RowStatus status);

}  // namespace ns
