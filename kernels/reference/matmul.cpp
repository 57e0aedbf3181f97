#include "kernels/reference/layers.hpp"

namespace ns::reference {
namespace {

/// One operand: how far apart its rows, columns and matrices stand.
struct Matrix {
  const Array& tensor;
  std::int64_t row = 0;
  std::int64_t column = 0;

  /// First element of matrix number `index` of the batch that it broadcasts to.
  [[nodiscard]] const double* at(std::int64_t index, const Shape& batch) const {
    const auto& shape = tensor.shape;
    const std::size_t leading = shape.rank() > 2 ? shape.rank() - 2 : 0;
    std::int64_t step = shape.elements(leading, shape.rank());
    std::int64_t place = 0;
    for (std::size_t back = 1; back <= leading; ++back) {
      const auto extent = batch[batch.rank() - back];
      const auto own = shape[leading - back];
      if (own != 1) place += index % extent * step;
      step *= own;
      index /= extent;
    }
    return tensor.values.data() + place;
  }
};

Matrix left(const Array& tensor, bool transposed) {
  const auto& shape = tensor.shape;
  if (shape.rank() == 1) return {tensor, 0, 1};
  const auto last = shape[shape.rank() - 1];
  return transposed ? Matrix{tensor, 1, last} : Matrix{tensor, last, 1};
}

Matrix right(const Array& tensor, bool transposed) {
  if (tensor.shape.rank() == 1) return {tensor, 1, 0};
  return left(tensor, transposed);
}

}  // namespace

void run(const Matmul& layer, const Operands& operands) {
  std::vector<TensorType> types;
  for (const Array* input : operands.inputs) types.push_back({input->shape, input->dtype});
  const auto extents = extents_of(layer, types);
  const bool stored = !layer.with.empty();
  const Array& a = stored && layer.with_first ? operands.weights[0] : operands.input();
  const Array& b = !stored ? *operands.inputs[1] : layer.with_first ? operands.input() : operands.weights[0];
  const Matrix rows = left(a, layer.transpose_a);
  const Matrix columns = right(b, layer.transpose_b);
  double* out = operands.output().values.data();
  for (std::int64_t batch = 0; batch < extents.batch.elements(); ++batch) {
    const double* const first = rows.at(batch, extents.batch);
    const double* const second = columns.at(batch, extents.batch);
    for (std::int64_t m = 0; m < extents.m; ++m) {
      for (std::int64_t n = 0; n < extents.n; ++n) {
        double sum = 0.0;
        for (std::int64_t k = 0; k < extents.k; ++k)
          sum += first[m * rows.row + k * rows.column] * second[k * columns.row + n * columns.column];
        *out++ = sum * layer.scale;
      }
    }
  }
}

}  // namespace ns::reference
