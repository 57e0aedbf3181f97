#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cmath>

namespace ns::reference {
namespace {

void run_line(const float* from, float* to, std::int64_t count, std::int64_t step) {
  float largest = from[0];
  for (std::int64_t i = 1; i < count; ++i) largest = std::max(largest, from[i * step]);
  const auto power = [&](std::int64_t i) { return std::exp(static_cast<double>(from[i * step] - largest)); };
  double sum = 0.0;
  for (std::int64_t i = 0; i < count; ++i) sum += power(i);
  for (std::int64_t i = 0; i < count; ++i) to[i * step] = static_cast<float>(power(i) / sum);
}

}  // namespace

void run(const Softmax& layer, const Operands& operands) {
  if (operands.input().values.empty()) return;
  const AxisView view = view_along(operands.input().shape, layer.axis);
  for (std::int64_t outer = 0; outer < view.outer; ++outer) {
    for (std::int64_t inner = 0; inner < view.inner; ++inner) {
      const std::int64_t start = outer * view.extent * view.inner + inner;
      run_line(operands.input().values.data() + start, operands.output().values.data() + start, view.extent,
               view.inner);
    }
  }
}

}  // namespace ns::reference
