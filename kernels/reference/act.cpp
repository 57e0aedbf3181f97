#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace ns::reference {
namespace {

using Function = double (*)(const Act&, double);

struct Row {
  Act::Kind kind;
  Function function;
};

double clamp(double x, double low, double high) { return std::min(std::max(x, low), high); }
double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// Definitions as in ONNX; prelu depends on the channel and stands apart.
constexpr std::array functions{
    Row{Act::Kind::relu, [](const Act&, double x) { return std::max(x, 0.0); }},
    Row{Act::Kind::relu6, [](const Act&, double x) { return clamp(x, 0.0, 6.0); }},
    Row{Act::Kind::leaky_relu, [](const Act& act, double x) { return x < 0.0 ? act.alpha * x : x; }},
    Row{Act::Kind::elu, [](const Act& act, double x) { return x < 0.0 ? act.alpha * std::expm1(x) : x; }},
    Row{Act::Kind::clip, [](const Act& act, double x) { return clamp(x, act.alpha, act.beta); }},
    Row{Act::Kind::sigmoid, [](const Act&, double x) { return sigmoid(x); }},
    Row{Act::Kind::tanh, [](const Act&, double x) { return std::tanh(x); }},
    Row{Act::Kind::htanh, [](const Act&, double x) { return clamp(x, -1.0, 1.0); }},
    Row{Act::Kind::hardsigmoid,
        [](const Act& act, double x) { return clamp(act.alpha * x + act.beta, 0.0, 1.0); }},
    Row{Act::Kind::hardswish, [](const Act&, double x) { return x * clamp(x / 6.0 + 0.5, 0.0, 1.0); }},
    Row{Act::Kind::silu, [](const Act&, double x) { return x * sigmoid(x); }},
    Row{Act::Kind::gelu,
        [](const Act&, double x) { return 0.5 * x * (1.0 + std::erf(x / std::numbers::sqrt2)); }},
    Row{Act::Kind::softplus,
        [](const Act&, double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }},
    Row{Act::Kind::abs, [](const Act&, double x) { return std::abs(x); }},
    Row{Act::Kind::exp, [](const Act&, double x) { return std::exp(x); }},
    Row{Act::Kind::log, [](const Act&, double x) { return std::log(x); }},
    Row{Act::Kind::power,
        [](const Act& act, double x) { return std::pow(act.gamma + act.beta * x, act.alpha); }},
};

void run_prelu(const Operands& operands) {
  const Dense& input = operands.input();
  const AxisView view = view_along(input.shape, 1);
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    const auto channel = static_cast<std::int64_t>(i) / view.inner % view.extent;
    const float slope = operands.weights[0].values[static_cast<std::size_t>(channel)];
    const float x = input.values[i];
    operands.output().values[i] = x < 0.0F ? slope * x : x;
  }
}

}  // namespace

void run(const Act& layer, const Operands& operands) {
  if (layer.kind == Act::Kind::prelu) return run_prelu(operands);
  const Row& row = *std::find_if(functions.begin(), functions.end(),
                                 [&](const Row& candidate) { return candidate.kind == layer.kind; });
  std::transform(operands.input().values.begin(), operands.input().values.end(),
                 operands.output().values.begin(),
                 [&](float x) { return static_cast<float>(row.function(layer, static_cast<double>(x))); });
}

}  // namespace ns::reference
