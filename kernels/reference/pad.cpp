#include "kernels/reference/layers.hpp"

namespace ns::reference {
namespace {

/// Where element `place` of an axis, counted from the input's first, comes from; -1 for what is added as a
/// constant.
std::int64_t source(Pad::Mode mode, std::int64_t place, std::int64_t extent) {
  if (place >= 0 && place < extent) return place;
  switch (mode) {
    case Pad::Mode::constant:
      return -1;
    case Pad::Mode::reflect:
      return place < 0 ? -place : 2 * (extent - 1) - place;
    case Pad::Mode::edge:
      return place < 0 ? 0 : extent - 1;
    case Pad::Mode::wrap:
      return place < 0 ? place + extent : place - extent;
  }
  return -1;
}

}  // namespace

void run(const Pad& layer, const Operands& operands) {
  const Shape& in = operands.input().shape;
  const Shape& out = operands.output().shape;
  for (std::int64_t i = 0; i < out.elements(); ++i) {
    std::int64_t rest = i;
    std::int64_t place = 0;
    std::int64_t step = 1;
    bool inside = true;
    for (std::size_t axis = out.rank(); axis-- > 0;) {
      const auto from = source(layer.mode, rest % out[axis] - layer.pads[axis], in[axis]);
      inside = inside && from >= 0;
      place += from * step;
      step *= in[axis];
      rest /= out[axis];
    }
    operands.output().values[static_cast<std::size_t>(i)] =
        inside ? operands.input().values[static_cast<std::size_t>(place)] : static_cast<float>(layer.value);
  }
}

}  // namespace ns::reference
