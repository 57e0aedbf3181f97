#include "kernels/reference/layers.hpp"

#include <algorithm>

namespace ns::reference {
namespace {

void run_prelu(const Act& layer, const Operands& operands) {
  const Array& input = operands.input();
  const AxisView view = layer.shared ? AxisView{} : view_along(input.shape, 1);  // {}: all is one channel
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    const auto channel = static_cast<std::int64_t>(i) / view.inner % view.extent;
    const double slope = operands.weights[0].values[static_cast<std::size_t>(channel)];
    const double x = input.values[i];
    operands.output().values[i] = x < 0.0 ? slope * x : x;
  }
}

}  // namespace

void run(const Act& layer, const Operands& operands) {
  if (layer.kind == Act::Kind::prelu) return run_prelu(layer, operands);
  // A boolean has one bit, not those of the number that stands for it.
  const bool is_one_bit = layer.kind == Act::Kind::bitwise_not && operands.input().dtype == DType::boolean;
  const auto function = function_of(is_one_bit ? Act::Kind::logical_not : layer.kind);
  std::ranges::transform(operands.input().values, operands.output().values.begin(),
                         [&](double x) { return function(layer, x); });
}

}  // namespace ns::reference
