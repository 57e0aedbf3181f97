#include "kernels/reference/arithmetic.hpp"
#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns::reference {
namespace {

/// For each input element, the output element it goes into.
std::vector<std::size_t> targets_of(const Reduce& layer, const Shape& input) {
  const auto reduced = reduced_axes(layer, input.rank());
  std::vector<std::size_t> targets(static_cast<std::size_t>(input.elements()));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    std::int64_t place = 0;
    std::int64_t step = 1;
    for (std::size_t axis = input.rank(); axis-- > 0;) {
      if (!reduced[axis]) {
        place += rest % input[axis] * step;
        step *= input[axis];
      }
      rest /= input[axis];
    }
    targets[i] = static_cast<std::size_t>(place);
  }
  return targets;
}

double start_of(Reduce::Kind kind) {
  if (kind == Reduce::Kind::max) return -std::numeric_limits<double>::infinity();
  if (kind == Reduce::Kind::min) return std::numeric_limits<double>::infinity();
  return kind == Reduce::Kind::prod ? 1.0 : 0.0;
}

double combined(Reduce::Kind kind, DType dtype, double sum, double x) {
  switch (kind) {
    case Reduce::Kind::max:
      return larger(sum, x);
    case Reduce::Kind::min:
      return smaller(sum, x);
    case Reduce::Kind::prod:
      return product(dtype, sum, x);
    case Reduce::Kind::l1:
      return sum + std::abs(x);
    case Reduce::Kind::l2:
    case Reduce::Kind::sum_square:
      return sum + product(dtype, x, x);
    case Reduce::Kind::log_sum_exp:
      return sum + std::exp(x);
    case Reduce::Kind::sum:
    case Reduce::Kind::mean:
    case Reduce::Kind::log_sum:
      return sum + x;
  }
  return sum;
}

double finished(Reduce::Kind kind, double sum, double count) {
  switch (kind) {
    case Reduce::Kind::mean:
      return sum / count;
    case Reduce::Kind::l2:
      return std::sqrt(sum);
    case Reduce::Kind::log_sum:
    case Reduce::Kind::log_sum_exp:
      return std::log(sum);
    default:
      return sum;
  }
}

}  // namespace

/// log_sum_exp is summed as it stands: a double holds exponentials of logits up to 700.
void run(const Reduce& layer, const Operands& operands) {
  const auto& values = operands.input().values;
  const auto targets = targets_of(layer, operands.input().shape);
  auto& sums = operands.output().values;
  std::ranges::fill(sums, start_of(layer.kind));
  for (std::size_t i = 0; i < values.size(); ++i)
    sums[targets[i]] = combined(layer.kind, operands.input().dtype, sums[targets[i]], values[i]);
  const auto count =
      static_cast<double>(values.size()) / static_cast<double>(std::max<std::size_t>(1, sums.size()));
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = finished(layer.kind, sums[i], count);
}

}  // namespace ns::reference
