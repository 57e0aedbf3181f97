#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace ns::reference {
namespace {

/// With the sign of the divisor.
double modulo(double a, double b) {
  const double rest = std::fmod(a, b);
  return rest != 0.0 && (rest < 0.0) != (b < 0.0) ? rest + b : rest;
}

struct Row {
  Eltwise::Kind kind;
  double (*function)(double, double);
};

constexpr std::array functions{
    Row{Eltwise::Kind::add, [](double a, double b) { return a + b; }},
    Row{Eltwise::Kind::mul, [](double a, double b) { return a * b; }},
    Row{Eltwise::Kind::max, [](double a, double b) { return std::max(a, b); }},
    Row{Eltwise::Kind::sub, [](double a, double b) { return a - b; }},
    Row{Eltwise::Kind::div, [](double a, double b) { return a / b; }},
    Row{Eltwise::Kind::min, [](double a, double b) { return std::min(a, b); }},
    Row{Eltwise::Kind::mean, [](double a, double b) { return a + b; }},
    Row{Eltwise::Kind::pow, [](double a, double b) { return std::pow(a, b); }},
    Row{Eltwise::Kind::mod, [](double a, double b) { return modulo(a, b); }},
    Row{Eltwise::Kind::fmod, [](double a, double b) { return std::fmod(a, b); }},
    Row{Eltwise::Kind::equal, [](double a, double b) { return a == b ? 1.0 : 0.0; }},
    Row{Eltwise::Kind::less, [](double a, double b) { return a < b ? 1.0 : 0.0; }},
    Row{Eltwise::Kind::less_equal, [](double a, double b) { return a <= b ? 1.0 : 0.0; }},
    Row{Eltwise::Kind::greater, [](double a, double b) { return a > b ? 1.0 : 0.0; }},
    Row{Eltwise::Kind::greater_equal, [](double a, double b) { return a >= b ? 1.0 : 0.0; }},
    Row{Eltwise::Kind::logical_and, [](double a, double b) { return a != 0.0 && b != 0.0 ? 1.0 : 0.0; }},
    Row{Eltwise::Kind::logical_or, [](double a, double b) { return a != 0.0 || b != 0.0 ? 1.0 : 0.0; }},
    Row{Eltwise::Kind::logical_xor, [](double a, double b) { return (a != 0.0) != (b != 0.0) ? 1.0 : 0.0; }},
};

/// Where output element `index` stands in an input that broadcasts to `out`: axes are aligned at the right
/// and an extent of 1 is repeated.
std::size_t source_of(std::int64_t index, const Shape& out, const Shape& in) {
  std::int64_t place = 0;
  std::int64_t step = 1;
  for (std::size_t back = 1; back <= in.rank(); ++back) {
    const std::int64_t extent = out[out.rank() - back];
    const std::int64_t own = in[in.rank() - back];
    if (own != 1) place += index % extent * step;
    step *= own;
    index /= extent;
  }
  return static_cast<std::size_t>(place);
}

/// Inputs and the stored operands, in the order of the operation.
std::vector<const Dense*> operands_of(const Eltwise& layer, const Operands& operands) {
  std::vector<const Dense*> list(operands.inputs.begin(), operands.inputs.end());
  if (!layer.condition.empty()) list.insert(list.begin(), &operands.weights.front());
  if (const auto place = stored_place(layer, operands.inputs.size()))
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(*place), &operands.weights.back());
  return list;
}

void run_where(const std::vector<const Dense*>& list, Dense& output) {
  for (std::int64_t i = 0; i < output.shape.elements(); ++i) {
    const auto value = [&](std::size_t operand) {
      return list[operand]->values[source_of(i, output.shape, list[operand]->shape)];
    };
    output.values[static_cast<std::size_t>(i)] = value(0) != 0.0F ? value(1) : value(2);
  }
}

}  // namespace

void run(const Eltwise& layer, const Operands& operands) {
  const auto list = operands_of(layer, operands);
  if (layer.kind == Eltwise::Kind::where) return run_where(list, operands.output());
  const auto function = std::find_if(functions.begin(), functions.end(), [&](const Row& candidate) {
                          return candidate.kind == layer.kind;
                        })->function;
  const auto term = [&](std::size_t operand, std::int64_t index) {
    const Dense& tensor = *list[operand];
    const double weight = layer.coefficients.empty() ? 1.0 : layer.coefficients[operand];
    return weight *
           static_cast<double>(tensor.values[source_of(index, operands.output().shape, tensor.shape)]);
  };
  const double share = layer.kind == Eltwise::Kind::mean ? 1.0 / static_cast<double>(list.size()) : 1.0;
  for (std::int64_t i = 0; i < operands.output().shape.elements(); ++i) {
    double value = term(0, i);
    for (std::size_t operand = 1; operand < list.size(); ++operand) value = function(value, term(operand, i));
    operands.output().values[static_cast<std::size_t>(i)] = static_cast<float>(value * share);
  }
}

}  // namespace ns::reference
