#include "kernels/reference/layers.hpp"
#include "kernels/resample.hpp"

namespace ns::reference {
namespace {

/// The weighted sum over all axes from `axis` on.
double sample(const std::vector<AxisTaps>& taps, const Shape& in, const std::vector<std::int64_t>& position,
              std::size_t axis, std::int64_t place, const std::vector<double>& values) {
  if (axis == taps.size()) return values[static_cast<std::size_t>(place)];
  double sum = 0.0;
  for (std::int64_t tap = 0; tap < taps[axis].taps; ++tap) {
    const auto at = static_cast<std::size_t>(position[axis] * taps[axis].taps + tap);
    if (taps[axis].weights[at] == 0.0) continue;
    sum += taps[axis].weights[at] *
           sample(taps, in, position, axis + 1, place * in[axis] + taps[axis].sources[at], values);
  }
  return sum;
}

}  // namespace

void run(const Resize& layer, const Operands& operands) {
  const Shape& in = operands.input().shape;
  const Shape& out = operands.output().shape;
  std::vector<AxisTaps> taps;
  for (std::size_t axis = 0; axis < in.rank(); ++axis) taps.push_back(taps_of(layer, axis, in[axis]));
  std::vector<std::int64_t> position(out.rank());
  for (std::int64_t i = 0; i < out.elements(); ++i) {
    std::int64_t rest = i;
    for (std::size_t axis = out.rank(); axis-- > 0;) {
      position[axis] = rest % out[axis];
      rest /= out[axis];
    }
    operands.output().values[static_cast<std::size_t>(i)] =
        sample(taps, in, position, 0, 0, operands.input().values);
  }
}

}  // namespace ns::reference
