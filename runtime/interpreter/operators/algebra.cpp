// Determinants, products of matrices with more to them, and element-wise functions that no layer type has.
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/operators/spread.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

/// By elimination with the largest pivot of each column.
double determinant(std::vector<double> matrix, std::size_t count) {
  double product = 1.0;
  const auto at = [&](std::size_t row, std::size_t column) -> double& {
    return matrix[row * count + column];
  };
  for (std::size_t column = 0; column < count; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column + 1; row < count; ++row)
      if (std::abs(at(row, column)) > std::abs(at(pivot, column))) pivot = row;
    if (at(pivot, column) == 0.0) return 0.0;
    if (pivot != column) {
      for (std::size_t i = column; i < count; ++i) std::swap(at(pivot, i), at(column, i));
      product = -product;
    }
    product *= at(column, column);
    for (std::size_t row = column + 1; row < count; ++row) {
      const auto factor = at(row, column) / at(column, column);
      for (std::size_t i = column; i < count; ++i) at(row, i) -= factor * at(column, i);
    }
  }
  return product;
}

Result<Data> determinants(const OperatorCall& call) {
  const auto& input = call.in(0);
  const auto rank = input.shape.rank();
  if (rank < 2 || input.shape[rank - 1] != input.shape[rank - 2]) return call.fail("its input is not square");
  const auto extents = input.shape.extents().first(rank - 2);
  auto made = zeros(input.dtype, Shape{{extents.begin(), extents.end()}});
  const auto count = input.shape[rank - 1];
  for (std::size_t i = 0; i < made.values.size(); ++i) {
    const auto first = input.values.begin() + static_cast<std::int64_t>(i) * count * count;
    made.values[i] = determinant({first, first + count * count}, static_cast<std::size_t>(count));
  }
  round_values(made);
  return outputs_of(std::move(made));
}

/// alpha A B + beta C, A and B turned if the node says so.
Result<Data> general_product(const OperatorCall& call) {
  const auto& a = call.in(0);
  const auto& b = call.in(1);
  if (a.shape.rank() != 2 || b.shape.rank() != 2) return call.fail("its operands are no matrices");
  const bool turn_a = call.view.integer("transA", 0) != 0;
  const bool turn_b = call.view.integer("transB", 0) != 0;
  const auto rows = a.shape[turn_a ? 1 : 0];
  const auto depth = a.shape[turn_a ? 0 : 1];
  const auto columns = b.shape[turn_b ? 0 : 1];
  if (b.shape[turn_b ? 1 : 0] != depth) return call.fail("its matrices do not go together");
  auto made = zeros(a.dtype, Shape{rows, columns});
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column) {
      double sum = 0.0;
      for (std::int64_t i = 0; i < depth; ++i)
        sum += a.values[static_cast<std::size_t>(turn_a ? i * rows + row : row * depth + i)] *
               b.values[static_cast<std::size_t>(turn_b ? column * depth + i : i * columns + column)];
      made.values[static_cast<std::size_t>(row * columns + column)] = sum * call.view.real("alpha", 1.0);
    }
  if (call.has(2)) {
    const Spread spread{made.shape, call.in(2).shape};
    if (!spread.fits()) return call.fail("C does not go together with the product");
    for (std::size_t i = 0; i < made.values.size(); ++i)
      made.values[i] += call.view.real("beta", 1.0) * call.in(2).values[spread.at(i)];
  }
  round_values(made);
  return outputs_of(std::move(made));
}

Result<Data> parametric_relu(const OperatorCall& call) {
  Array made = call.in(0);
  const Spread spread{made.shape, call.in(1).shape};
  if (!spread.fits()) return call.fail("its slopes do not go together with its input");
  for (std::size_t i = 0; i < made.values.size(); ++i)
    if (made.values[i] < 0.0) made.values[i] *= call.in(1).values[spread.at(i)];
  round_values(made);
  return outputs_of(std::move(made));
}

/// Infinities of one sign only, or of both.
Result<Data> is_infinite(const OperatorCall& call) {
  Array made{DType::boolean, call.in(0).shape, call.in(0).values};
  const bool negative = call.view.integer("detect_negative", 1) != 0;
  const bool positive = call.view.integer("detect_positive", 1) != 0;
  for (double& value : made.values) {
    const bool wanted = std::signbit(value) ? negative : positive;
    value = wanted && std::isinf(value) ? 1.0 : 0.0;
  }
  return outputs_of(std::move(made));
}

/// x sigmoid(alpha x).
Result<Data> swish(const OperatorCall& call) {
  Array made = call.in(0);
  const auto alpha = call.view.real("alpha", 1.0);
  for (double& value : made.values) value /= 1.0 + std::exp(-alpha * value);
  round_values(made);
  return outputs_of(std::move(made));
}

/// Where the largest or smallest element of an axis stands; of equal ones the first, or the last.
Result<Data> extreme(const OperatorCall& call, bool largest) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto& input = call.in(0);
  const auto axis = call.view.axis(call.view.integer("axis", 0), input.shape.rank());
  if (!axis) return tl::unexpected{axis.error()};
  const bool last = call.view.integer("select_last_index", 0) != 0;
  const auto inner = input.shape.elements(*axis + 1, input.shape.rank());
  const auto extent = input.shape[*axis];
  if (extent == 0) return call.fail("there is no element on its axis");
  for (std::size_t i = 0; i < made->values.size(); ++i) {
    const auto place = static_cast<std::int64_t>(i);
    const auto* const first = input.values.data() + place / inner * extent * inner + place % inner;
    std::int64_t best = 0;
    for (std::int64_t step = 1; step < extent; ++step) {
      const auto value = first[step * inner];
      const auto known = first[best * inner];
      if ((largest ? value > known : value < known) || (last && value == known)) best = step;
    }
    made->values[i] = static_cast<double>(best);
  }
  return outputs_of(std::move(*made));
}

Result<Data> arg_max(const OperatorCall& call) { return extreme(call, true); }
Result<Data> arg_min(const OperatorCall& call) { return extreme(call, false); }

/// 1 for what is above the threshold, else 0.
Result<Data> binarizer(const OperatorCall& call) {
  Array made = call.in(0);
  const auto threshold = call.view.real("threshold", 0.0);
  for (double& value : made.values) value = value > threshold ? 1.0 : 0.0;
  return outputs_of(std::move(made));
}

/// Elements of the last axis by their indices.
Result<Data> array_feature_extractor(const OperatorCall& call) {
  const auto& input = call.in(0);
  const auto& indices = call.in(1).values;
  if (input.shape.rank() == 0) return call.fail("its input has no axis");
  auto shape = input.shape;
  const auto last = shape.rank() - 1;
  const auto extent = static_cast<std::size_t>(shape[last]);
  shape[last] = static_cast<std::int64_t>(indices.size());
  auto made = zeros(input.dtype, shape.rank() == 1 ? Shape{1, shape[0]} : shape);
  for (std::size_t i = 0; i < made.values.size(); ++i) {
    const auto index = indices[i % indices.size()];
    if (!(index >= 0.0 && index < static_cast<double>(extent))) return call.fail("an index names no element");
    made.values[i] = input.values[i / indices.size() * extent + static_cast<std::size_t>(index)];
  }
  return outputs_of(std::move(made));
}

}  // namespace

std::span<const Operator> algebra_operators() {
  static constexpr std::array rows{
      Operator{"", "ArgMax", 1, arg_max},
      Operator{"", "ArgMin", 1, arg_min},
      Operator{"", "Det", 1, determinants},
      Operator{"", "Gemm", 2, general_product},
      Operator{"", "IsInf", 1, is_infinite},
      Operator{"", "PRelu", 2, parametric_relu},
      Operator{"", "Swish", 1, swish},
      Operator{"ai.onnx.ml", "ArrayFeatureExtractor", 2, array_feature_extractor},
      Operator{"ai.onnx.ml", "Binarizer", 1, binarizer},
  };
  return rows;
}

}  // namespace ns
