#include "kernels/reference/arithmetic.hpp"
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

/// a times 2^places. Of integers whatever leaves the type is cut off: fractions here, the rest by rounding.
double shifted(double a, double places) {
  constexpr double enough = 1100.0;  // for every double to become 0 or infinite, which wraps around to 0
  return std::floor(std::ldexp(a, static_cast<int>(std::clamp(places, -enough, enough))));
}

double number(bool value) { return value ? 1.0 : 0.0; }

/// Of two operands of one element type, whose values differ for integers.
using Function = double (*)(DType, double, double);

struct Row {
  Eltwise::Kind kind;
  Function function;
};

constexpr std::array functions{
    Row{Eltwise::Kind::add, [](DType, double a, double b) { return a + b; }},
    Row{Eltwise::Kind::mul, &product},
    Row{Eltwise::Kind::max, [](DType, double a, double b) { return larger(a, b); }},
    Row{Eltwise::Kind::sub, [](DType, double a, double b) { return a - b; }},
    Row{Eltwise::Kind::div, &quotient},
    Row{Eltwise::Kind::min, [](DType, double a, double b) { return smaller(a, b); }},
    Row{Eltwise::Kind::mean, [](DType, double a, double b) { return a + b; }},
    Row{Eltwise::Kind::pow, &power},
    Row{Eltwise::Kind::mod, [](DType, double a, double b) { return modulo(a, b); }},
    Row{Eltwise::Kind::fmod, [](DType, double a, double b) { return std::fmod(a, b); }},
    Row{Eltwise::Kind::equal, [](DType, double a, double b) { return number(a == b); }},
    Row{Eltwise::Kind::less, [](DType, double a, double b) { return number(a < b); }},
    Row{Eltwise::Kind::less_equal, [](DType, double a, double b) { return number(a <= b); }},
    Row{Eltwise::Kind::greater, [](DType, double a, double b) { return number(a > b); }},
    Row{Eltwise::Kind::greater_equal, [](DType, double a, double b) { return number(a >= b); }},
    Row{Eltwise::Kind::logical_and, [](DType, double a, double b) { return number(a != 0.0 && b != 0.0); }},
    Row{Eltwise::Kind::logical_or, [](DType, double a, double b) { return number(a != 0.0 || b != 0.0); }},
    Row{Eltwise::Kind::logical_xor,
        [](DType, double a, double b) { return number((a != 0.0) != (b != 0.0)); }},
    Row{Eltwise::Kind::bitwise_and,
        [](DType, double a, double b) { return static_cast<double>(bits_of(a) & bits_of(b)); }},
    Row{Eltwise::Kind::bitwise_or,
        [](DType, double a, double b) { return static_cast<double>(bits_of(a) | bits_of(b)); }},
    Row{Eltwise::Kind::bitwise_xor,
        [](DType, double a, double b) { return static_cast<double>(bits_of(a) ^ bits_of(b)); }},
    Row{Eltwise::Kind::shift_left, [](DType, double a, double b) { return shifted(a, b); }},
    Row{Eltwise::Kind::shift_right, [](DType, double a, double b) { return shifted(a, -b); }},
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
std::vector<const Array*> operands_of(const Eltwise& layer, const Operands& operands) {
  std::vector<const Array*> list(operands.inputs.begin(), operands.inputs.end());
  if (!layer.condition.empty()) list.insert(list.begin(), &operands.weights.front());
  if (const auto place = stored_place(layer, operands.inputs.size()))
    list.insert(list.begin() + static_cast<std::ptrdiff_t>(*place), &operands.weights.back());
  return list;
}

void run_where(const std::vector<const Array*>& list, Array& output) {
  for (std::int64_t i = 0; i < output.shape.elements(); ++i) {
    const auto value = [&](std::size_t operand) {
      return list[operand]->values[source_of(i, output.shape, list[operand]->shape)];
    };
    output.values[static_cast<std::size_t>(i)] = value(0) != 0.0 ? value(1) : value(2);
  }
}

}  // namespace

void run(const Eltwise& layer, const Operands& operands) {
  const auto list = operands_of(layer, operands);
  Array& output = operands.output();
  if (layer.kind == Eltwise::Kind::where) return run_where(list, output);
  const Function function = std::ranges::find(functions, layer.kind, &Row::kind)->function;
  const auto term = [&](std::size_t operand, std::int64_t index) {
    const Array& tensor = *list[operand];
    const double weight = layer.coefficients.empty() ? 1.0 : layer.coefficients[operand];
    return weight * tensor.values[source_of(index, output.shape, tensor.shape)];
  };
  const double parts = layer.kind == Eltwise::Kind::mean ? static_cast<double>(list.size()) : 1.0;
  for (std::int64_t i = 0; i < output.shape.elements(); ++i) {
    double value = term(0, i);
    for (std::size_t operand = 1; operand < list.size(); ++operand)
      value = function(list[0]->dtype, value, term(operand, i));
    output.values[static_cast<std::size_t>(i)] = value / parts;
  }
}

}  // namespace ns::reference
