#include "kernels/reference/layers.hpp"

namespace ns::reference {

void run(const Pad& layer, const Operands& operands) {
  const Shape& in = operands.input().shape;
  const Shape& out = operands.output().shape;
  for (std::int64_t i = 0; i < out.elements(); ++i) {
    std::int64_t rest = i;
    std::int64_t place = 0;
    std::int64_t step = 1;
    bool inside = true;
    for (std::size_t axis = out.rank(); axis-- > 0;) {
      const auto from = source_of(layer.mode, rest % out[axis] - layer.pads[axis], in[axis]);
      inside = inside && from >= 0;
      place += from * step;
      step *= in[axis];
      rest /= out[axis];
    }
    operands.output().values[static_cast<std::size_t>(i)] =
        inside ? operands.input().values[static_cast<std::size_t>(place)] : layer.value;
  }
}

}  // namespace ns::reference
