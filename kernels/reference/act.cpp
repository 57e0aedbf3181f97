#include "kernels/reference/layers.hpp"

#include <algorithm>

namespace ns::reference {
namespace {

void run_prelu(const Act& layer, const Operands& operands) {
  const Dense& input = operands.input();
  const AxisView view = layer.shared ? AxisView{} : view_along(input.shape, 1);  // {}: all is one channel
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    const auto channel = static_cast<std::int64_t>(i) / view.inner % view.extent;
    const float slope = operands.weights[0].values[static_cast<std::size_t>(channel)];
    const float x = input.values[i];
    operands.output().values[i] = x < 0.0F ? slope * x : x;
  }
}

}  // namespace

void run(const Act& layer, const Operands& operands) {
  if (layer.kind == Act::Kind::prelu) return run_prelu(layer, operands);
  const auto function = function_of(layer.kind);
  std::transform(operands.input().values.begin(), operands.input().values.end(),
                 operands.output().values.begin(),
                 [&](float x) { return static_cast<float>(function(layer, static_cast<double>(x))); });
}

}  // namespace ns::reference
