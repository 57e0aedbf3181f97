#include "kernels/fake/script.hpp"

#include <algorithm>
#include <cmath>

namespace ns::fake {

namespace {

Bytes moved_by(const LayerCost& cost, bool cold) {
  return cost.input_bytes + cost.output_bytes + (cold ? cost.weight_bytes : Bytes{});
}

}  // namespace

Seconds Script::time_of(const LayerCost& cost, bool cold) const {
  return launch + std::max(cost.flops / rate, moved_by(cost, cold) / bandwidth);
}

Joules Script::energy_above_idle(const LayerCost& cost, bool cold) const {
  return compute * (cost.flops / rate) + memory * (moved_by(cost, cold) / bandwidth);
}

Seconds Script::time_of(Bytes moved) const { return launch + moved / bandwidth; }

Sample Script::sample(Seconds time, std::int64_t index) const {
  constexpr double golden = 0.618034;  // its multiples fill the unit interval evenly
  const double position = golden * static_cast<double>(index);
  const double factor = 1.0 + noise * (2.0 * (position - std::floor(position)) - 1.0);
  const bool disturbed = disturb > 0 && index % disturb == disturb - 1;
  return {time * factor * (disturbed ? 3.0 : 1.0), disturbed};
}

}  // namespace ns::fake
