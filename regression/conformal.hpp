/// Split conformal prediction: how far off the next one will be, from how far off earlier ones were.
#pragma once

#include <optional>
#include <span>

namespace ns {

/// The ceil((n + 1) x level)-th smallest of `scores`, which a further score of the same kind stays at or
/// below with probability `level` or more, whatever the distribution (Vovk et al. 2005). Nothing if n is too
/// small for the level: 9 scores are needed for 0.9, 19 for 0.95. Precondition: ascending order, level in
/// (0, 1).
std::optional<double> conformal_quantile(std::span<const double> scores, double level);

}  // namespace ns
