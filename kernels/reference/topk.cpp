#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns::reference {
namespace {

/// NaN is larger than all numbers; every NaN is alike.
bool is_larger(double a, double b) { return std::isnan(a) ? !std::isnan(b) : a > b; }

}  // namespace

void run(const Topk& layer, const Operands& operands) {
  const AxisView view = view_along(operands.input().shape, layer.axis);
  std::vector<std::int64_t> order(static_cast<std::size_t>(view.extent));
  for (std::int64_t line = 0; line < view.outer * view.inner; ++line) {
    const auto outer = line / view.inner;
    const auto inner = line % view.inner;
    const double* const from = operands.input().values.data() + outer * view.extent * view.inner + inner;
    const auto value = [&](std::int64_t i) { return from[i * view.inner]; };
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + layer.k, order.end(),
                      [&](std::int64_t a, std::int64_t b) {
                        const auto first = layer.smallest ? value(b) : value(a);
                        const auto second = layer.smallest ? value(a) : value(b);
                        return is_larger(first, second) || (!is_larger(second, first) && a < b);
                      });
    for (std::int64_t rank = 0; rank < layer.k; ++rank) {
      const auto place = static_cast<std::size_t>((outer * layer.k + rank) * view.inner + inner);
      const auto best = order[static_cast<std::size_t>(rank)];
      for (std::size_t i = 0; i < layer.outputs.size(); ++i)
        operands.outputs[i]->values[place] =
            layer.outputs[i] == 'v' ? value(best) : static_cast<double>(best);
    }
  }
}

}  // namespace ns::reference
