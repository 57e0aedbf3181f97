#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cmath>

namespace ns::reference {

/// To booleans: whether it is not 0; to integers: towards 0.
void run(const Cast& layer, const Operands& operands) {
  const auto convert = [&](float value) {
    if (layer.dtype == DType::boolean) return value != 0.0F ? 1.0F : 0.0F;
    return is_floating(layer.dtype) ? value : std::trunc(value);
  };
  std::transform(operands.input().values.begin(), operands.input().values.end(),
                 operands.output().values.begin(), convert);
}

}  // namespace ns::reference
