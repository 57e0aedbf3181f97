#include "kernels/reference/filters.hpp"
#include "kernels/reference/layers.hpp"

#include <array>

namespace ns::reference {
namespace {

/// Four sums side by side: one alone would wait for itself at every addition.
double dot(const double* a, const double* b, std::int64_t count) {
  std::array<double, 4> sums{};
  std::int64_t i = 0;
  for (; i + 4 <= count; i += 4)
    for (std::int64_t k = 0; k < 4; ++k) sums[static_cast<std::size_t>(k)] += a[i + k] * b[i + k];
  for (; i < count; ++i) sums[0] += a[i] * b[i];
  return sums[0] + sums[1] + sums[2] + sums[3];
}

}  // namespace

void run(const Fc& layer, const Operands& operands) {
  const Filters filters{layer.quantisation, operands, operands.weights[0], layer.bias};
  const std::int64_t columns = operands.weights[0].shape[1];
  const std::int64_t rows = operands.output().shape.elements() / layer.features;
  double* out = operands.output().values.data();
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t feature = 0; feature < layer.features; ++feature) {
      const double sum = dot(filters.input() + row * columns, filters.weights() + feature * columns, columns);
      *out++ = filters.finished(feature, filters.start(feature) + sum);
    }
  }
}

}  // namespace ns::reference
