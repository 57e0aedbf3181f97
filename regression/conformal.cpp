#include "regression/conformal.hpp"

#include <cmath>

namespace ns {

std::optional<double> conformal_quantile(std::span<const double> scores, double level) {
  // The slack keeps (9 + 1) x 0.9, which is 9.000000000000002 or so, from being rounded up to 10.
  const auto rank = std::ceil(static_cast<double>(scores.size() + 1) * level - 1e-9);
  if (rank < 1.0 || rank > static_cast<double>(scores.size())) return std::nullopt;
  return scores[static_cast<std::size_t>(rank) - 1];
}

}  // namespace ns
