#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cmath>

namespace ns::reference {
namespace {

/// 1 at the first largest element, 0 elsewhere.
void run_hard(const double* from, double* to, std::int64_t count, std::int64_t step) {
  std::int64_t best = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    if (from[i * step] > from[best * step]) best = i;
    to[i * step] = 0.0;
  }
  to[best * step] = 1.0;
}

void run_line(Softmax::Kind kind, const double* from, double* to, std::int64_t count, std::int64_t step) {
  if (kind == Softmax::Kind::hard) return run_hard(from, to, count, step);
  double largest = from[0];
  for (std::int64_t i = 1; i < count; ++i) largest = std::max(largest, from[i * step]);
  const auto power = [&](std::int64_t i) { return std::exp(from[i * step] - largest); };
  double sum = 0.0;
  for (std::int64_t i = 0; i < count; ++i) sum += power(i);
  const bool is_log = kind == Softmax::Kind::log;
  for (std::int64_t i = 0; i < count; ++i)
    to[i * step] = is_log ? from[i * step] - largest - std::log(sum) : power(i) / sum;
}

}  // namespace

void run(const Softmax& layer, const Operands& operands) {
  const AxisView view = view_along(operands.input().shape, layer.axis);
  for (std::int64_t outer = 0; outer < view.outer; ++outer) {
    for (std::int64_t inner = 0; inner < view.inner; ++inner) {
      const std::int64_t start = outer * view.extent * view.inner + inner;
      run_line(layer.kind, operands.input().values.data() + start, operands.output().values.data() + start,
               view.extent, view.inner);
    }
  }
}

}  // namespace ns::reference
