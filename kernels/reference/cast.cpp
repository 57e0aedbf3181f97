#include "kernels/reference/layers.hpp"

namespace ns::reference {

/// The dispatcher rounds to the output's type, which is all that a cast without a scale does.
void run(const Cast& layer, const Operands& operands) {
  auto& output = operands.output();
  output.values = operands.input().values;
  if (layer.scale == 0.0) return;
  const auto zero_point = static_cast<double>(layer.zero_point);
  for (double& value : output.values)
    value = is_floating(layer.dtype) ? (value - zero_point) * layer.scale
                                     : quantised(layer.dtype, value, layer.scale, zero_point);
}

}  // namespace ns::reference
