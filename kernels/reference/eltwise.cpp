#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <array>

namespace ns::reference {
namespace {

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

}  // namespace

void run(const Eltwise& layer, const Operands& operands) {
  const auto function = std::find_if(functions.begin(), functions.end(), [&](const Row& candidate) {
                          return candidate.kind == layer.kind;
                        })->function;
  const auto term = [&](std::size_t input, std::int64_t index) {
    const Dense& tensor = *operands.inputs[input];
    const double weight = layer.coefficients.empty() ? 1.0 : layer.coefficients[input];
    return weight *
           static_cast<double>(tensor.values[source_of(index, operands.output().shape, tensor.shape)]);
  };
  for (std::int64_t i = 0; i < operands.output().shape.elements(); ++i) {
    double value = term(0, i);
    for (std::size_t input = 1; input < operands.inputs.size(); ++input)
      value = function(value, term(input, i));
    operands.output().values[static_cast<std::size_t>(i)] = static_cast<float>(value);
  }
}

}  // namespace ns::reference
