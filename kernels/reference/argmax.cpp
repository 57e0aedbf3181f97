#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <numeric>

namespace ns::reference {

void run(const Argmax& layer, const Operands& operands) {
  const AxisView view = view_along(operands.input().shape, layer.axis);
  const double sign = layer.smallest ? -1.0 : 1.0;
  std::vector<std::int64_t> order(static_cast<std::size_t>(view.extent));
  for (std::int64_t outer = 0; outer < view.outer; ++outer) {
    for (std::int64_t inner = 0; inner < view.inner; ++inner) {
      const double* const line = operands.input().values.data() + outer * view.extent * view.inner + inner;
      std::iota(order.begin(), order.end(), 0);
      // Of equal elements the first, as in ONNX.
      std::partial_sort(order.begin(), order.begin() + layer.top, order.end(),
                        [&](std::int64_t a, std::int64_t b) {
                          const double left = sign * line[a * view.inner];
                          const double right = sign * line[b * view.inner];
                          return left > right || (left == right && a < b);
                        });
      for (std::int64_t rank = 0; rank < layer.top; ++rank) {
        const auto place = static_cast<std::size_t>((outer * layer.top + rank) * view.inner + inner);
        operands.output().values[place] = static_cast<double>(order[static_cast<std::size_t>(rank)]);
      }
    }
  }
}

}  // namespace ns::reference
