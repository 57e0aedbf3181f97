#include "runtime/interpreter/operators/gates.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

namespace ns {
namespace {

struct Function {
  std::string_view name;
  std::optional<double> alpha;  // by default; none: it has no such number
  std::optional<double> beta;
  double (*apply)(double x, double alpha, double beta);
};

constexpr std::array functions{
    Function{"affine", 1.0, 0.0, [](double x, double a, double b) { return a * x + b; }},
    Function{"elu", 1.0, {}, [](double x, double a, double) { return x < 0.0 ? a * std::expm1(x) : x; }},
    Function{"hardsigmoid", 0.2, 0.5,
             [](double x, double a, double b) { return std::clamp(a * x + b, 0.0, 1.0); }},
    Function{"leakyrelu", 0.01, {}, [](double x, double a, double) { return x < 0.0 ? a * x : x; }},
    Function{"relu", {}, {}, [](double x, double, double) { return std::max(x, 0.0); }},
    Function{"scaledtanh", 1.0, 1.0, [](double x, double a, double b) { return a * std::tanh(b * x); }},
    Function{"sigmoid", {}, {}, [](double x, double, double) { return 1.0 / (1.0 + std::exp(-x)); }},
    Function{"softplus", {}, {}, [](double x, double, double) { return std::log1p(std::exp(x)); }},
    Function{"softsign", {}, {}, [](double x, double, double) { return x / (1.0 + std::abs(x)); }},
    Function{"tanh", {}, {}, [](double x, double, double) { return std::tanh(x); }},
    Function{"thresholdedrelu", 1.0, {}, [](double x, double a, double) { return x >= a ? x : 0.0; }},
};

std::string lower(std::string text) {
  for (char& letter : text)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return text;
}

std::vector<std::string> names_of(const OperatorCall& call, std::size_t directions) {
  if (const auto* const given = call.view.attribute("activations"); given != nullptr) return given->texts;
  const std::string_view op = call.view.node().op;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < directions; ++i) {
    if (op != "RNN") names.emplace_back("Sigmoid");
    names.emplace_back("Tanh");
    if (op.ends_with("LSTM")) names.emplace_back("Tanh");
  }
  return names;
}

/// The next number of a list, if the function has such a one; its default where the list ends.
double next_of(const onnx::Attribute* list, std::size_t& next, const std::optional<double>& usual) {
  if (!usual) return 0.0;
  return list != nullptr && next < list->reals.size() ? list->reals[next++] : *usual;
}

}  // namespace

Result<std::vector<Gate>> Gate::all_of(const OperatorCall& call, std::size_t directions) {
  const auto* const alphas = call.view.attribute("activation_alpha");
  const auto* const betas = call.view.attribute("activation_beta");
  std::size_t alpha = 0;
  std::size_t beta = 0;
  std::vector<Gate> gates;
  for (const auto& name : names_of(call, directions)) {
    const auto* const function = std::ranges::find(functions, lower(name), &Function::name);
    if (function == functions.end()) return call.fail("a gate's function is none that ONNX names");
    Gate gate;
    gate.apply_ = function->apply;
    gate.alpha_ = next_of(alphas, alpha, function->alpha);
    gate.beta_ = next_of(betas, beta, function->beta);
    gates.push_back(gate);
  }
  const std::string_view op = call.view.node().op;
  if (gates.size() != directions * (op.ends_with("LSTM") ? 3 : op == "GRU" ? 2 : 1))
    return call.fail("it has not one function per gate and direction");
  return gates;
}

}  // namespace ns
