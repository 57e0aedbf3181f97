// What activations compute. Definitions as in ONNX's operator documents.
#include "net/layers/act.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ns {
namespace {

struct KindFunction {
  Act::Kind kind;
  ActFunction function;
};

double clamp(double x, double low, double high) { return std::min(std::max(x, low), high); }
double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }

double gelu_tanh(double x) {
  const double inner = std::sqrt(2.0 / std::numbers::pi) * (x + 0.044715 * x * x * x);
  return 0.5 * x * (1.0 + std::tanh(inner));
}

double shrink(const Act& act, double x) {
  if (x < -act.alpha) return x + act.beta;
  return x > act.alpha ? x - act.beta : 0.0;
}

double sign(double x) {
  if (x > 0.0) return 1.0;
  return x < 0.0 ? -1.0 : x;  // of zero and of what is no number, itself
}

constexpr std::array functions{
    KindFunction{Act::Kind::relu, [](const Act&, double x) { return std::max(x, 0.0); }},
    KindFunction{Act::Kind::relu6, [](const Act&, double x) { return clamp(x, 0.0, 6.0); }},
    KindFunction{Act::Kind::leaky_relu, [](const Act& act, double x) { return x < 0.0 ? act.alpha * x : x; }},
    KindFunction{Act::Kind::elu,
                 [](const Act& act, double x) { return x < 0.0 ? act.alpha * std::expm1(x) : x; }},
    KindFunction{Act::Kind::clip, [](const Act& act, double x) { return clamp(x, act.alpha, act.beta); }},
    KindFunction{Act::Kind::sigmoid, [](const Act&, double x) { return sigmoid(x); }},
    KindFunction{Act::Kind::tanh, [](const Act&, double x) { return std::tanh(x); }},
    KindFunction{Act::Kind::htanh, [](const Act&, double x) { return clamp(x, -1.0, 1.0); }},
    KindFunction{Act::Kind::hardsigmoid,
                 [](const Act& act, double x) { return clamp(act.alpha * x + act.beta, 0.0, 1.0); }},
    KindFunction{Act::Kind::hardswish,
                 [](const Act&, double x) { return x * clamp(x / 6.0 + 0.5, 0.0, 1.0); }},
    KindFunction{Act::Kind::silu, [](const Act&, double x) { return x * sigmoid(x); }},
    KindFunction{Act::Kind::gelu,
                 [](const Act&, double x) { return 0.5 * x * (1.0 + std::erf(x / std::numbers::sqrt2)); }},
    KindFunction{Act::Kind::softplus, [](const Act&, double x) { return softplus(x); }},
    KindFunction{Act::Kind::abs, [](const Act&, double x) { return std::abs(x); }},
    KindFunction{Act::Kind::exp, [](const Act&, double x) { return std::exp(x); }},
    KindFunction{Act::Kind::log, [](const Act&, double x) { return std::log(x); }},
    KindFunction{Act::Kind::power,
                 [](const Act& act, double x) { return std::pow(act.gamma + act.beta * x, act.alpha); }},
    KindFunction{Act::Kind::erf, [](const Act&, double x) { return std::erf(x); }},
    KindFunction{Act::Kind::sqrt, [](const Act&, double x) { return std::sqrt(x); }},
    KindFunction{Act::Kind::reciprocal, [](const Act&, double x) { return 1.0 / x; }},
    KindFunction{Act::Kind::neg, [](const Act&, double x) { return -x; }},
    KindFunction{Act::Kind::sign, [](const Act&, double x) { return sign(x); }},
    KindFunction{Act::Kind::floor, [](const Act&, double x) { return std::floor(x); }},
    KindFunction{Act::Kind::ceil, [](const Act&, double x) { return std::ceil(x); }},
    KindFunction{Act::Kind::round, [](const Act&, double x) { return std::nearbyint(x); }},
    KindFunction{Act::Kind::sin, [](const Act&, double x) { return std::sin(x); }},
    KindFunction{Act::Kind::cos, [](const Act&, double x) { return std::cos(x); }},
    KindFunction{Act::Kind::tan, [](const Act&, double x) { return std::tan(x); }},
    KindFunction{Act::Kind::asin, [](const Act&, double x) { return std::asin(x); }},
    KindFunction{Act::Kind::acos, [](const Act&, double x) { return std::acos(x); }},
    KindFunction{Act::Kind::atan, [](const Act&, double x) { return std::atan(x); }},
    KindFunction{Act::Kind::sinh, [](const Act&, double x) { return std::sinh(x); }},
    KindFunction{Act::Kind::cosh, [](const Act&, double x) { return std::cosh(x); }},
    KindFunction{Act::Kind::asinh, [](const Act&, double x) { return std::asinh(x); }},
    KindFunction{Act::Kind::acosh, [](const Act&, double x) { return std::acosh(x); }},
    KindFunction{Act::Kind::atanh, [](const Act&, double x) { return std::atanh(x); }},
    KindFunction{
        Act::Kind::celu,
        [](const Act& act, double x) { return x < 0.0 ? act.alpha * std::expm1(x / act.alpha) : x; }},
    KindFunction{
        Act::Kind::selu,
        [](const Act& act, double x) { return act.gamma * (x < 0.0 ? act.alpha * std::expm1(x) : x); }},
    KindFunction{Act::Kind::mish, [](const Act&, double x) { return x * std::tanh(softplus(x)); }},
    KindFunction{Act::Kind::softsign, [](const Act&, double x) { return x / (1.0 + std::abs(x)); }},
    KindFunction{Act::Kind::thresholded_relu,
                 [](const Act& act, double x) { return x > act.alpha ? x : 0.0; }},
    KindFunction{Act::Kind::shrink, shrink},
    KindFunction{Act::Kind::gelu_tanh, [](const Act&, double x) { return gelu_tanh(x); }},
    KindFunction{Act::Kind::quick_gelu, [](const Act& act, double x) { return x * sigmoid(act.alpha * x); }},
    KindFunction{Act::Kind::logical_not, [](const Act&, double x) { return x == 0.0 ? 1.0 : 0.0; }},
    KindFunction{Act::Kind::bitwise_not,
                 [](const Act&, double x) { return -x - 1.0; }},  // of two's complement
    KindFunction{Act::Kind::is_nan, [](const Act&, double x) { return std::isnan(x) ? 1.0 : 0.0; }},
    KindFunction{Act::Kind::is_inf, [](const Act&, double x) { return std::isinf(x) ? 1.0 : 0.0; }},
};

}  // namespace

ActFunction function_of(Act::Kind kind) {
  const auto* const row = std::ranges::find(functions, kind, &KindFunction::kind);
  return row == functions.end() ? [](const Act&, double x) { return x; } : row->function;
}

}  // namespace ns
