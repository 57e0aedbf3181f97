#include "kernels/reference/layers.hpp"

#include <algorithm>

namespace ns::reference {

void run(const Concat& layer, const Operands& operands) {
  const AxisView whole = view_along(operands.output().shape, layer.axis);
  std::vector<const Array*> parts(operands.inputs.begin(), operands.inputs.end());
  if (!layer.with.empty()) parts.insert(parts.begin() + layer.at, &operands.weights[0]);
  std::int64_t begin = 0;
  for (const Array* input : parts) {
    const AxisView part = view_along(input->shape, layer.axis);
    const std::int64_t run_length = part.extent * part.inner;
    for (std::int64_t outer = 0; outer < part.outer; ++outer) {
      std::copy_n(input->values.begin() + outer * run_length, run_length,
                  operands.output().values.begin() + (outer * whole.extent + begin) * whole.inner);
    }
    begin += part.extent;
  }
}

}  // namespace ns::reference
