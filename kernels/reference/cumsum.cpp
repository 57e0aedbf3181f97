#include "kernels/reference/arithmetic.hpp"
#include "kernels/reference/layers.hpp"

namespace ns::reference {

void run(const Cumsum& layer, const Operands& operands) {
  const Array& input = operands.input();
  const AxisView view = view_along(input.shape, layer.axis);
  const bool sums = layer.kind == Cumsum::Kind::sum;
  for (std::int64_t line = 0; line < view.outer * view.inner; ++line) {
    const auto start = line / view.inner * view.extent * view.inner + line % view.inner;
    double all = sums ? 0.0 : 1.0;
    for (std::int64_t step = 0; step < view.extent; ++step) {
      const auto along = layer.reverse ? view.extent - 1 - step : step;
      const auto place = static_cast<std::size_t>(start + along * view.inner);
      const double before = all;
      all = sums ? all + input.values[place] : product(input.dtype, all, input.values[place]);
      operands.output().values[place] = layer.exclusive ? before : all;
    }
  }
}

}  // namespace ns::reference
