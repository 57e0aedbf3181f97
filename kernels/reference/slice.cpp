#include "kernels/reference/layers.hpp"

#include <algorithm>

namespace ns::reference {

void run(const Slice& layer, const Operands& operands) {
  const AxisView whole = view_along(operands.input().shape, layer.axis);
  std::int64_t begin = 0;
  for (Array* output : operands.outputs) {
    const AxisView part = view_along(output->shape, layer.axis);
    const std::int64_t run_length = part.extent * part.inner;
    for (std::int64_t outer = 0; outer < part.outer; ++outer) {
      std::copy_n(operands.input().values.begin() + (outer * whole.extent + begin) * whole.inner, run_length,
                  output->values.begin() + outer * run_length);
    }
    begin += part.extent;
  }
}

}  // namespace ns::reference
