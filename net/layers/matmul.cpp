#include "net/layers/matmul.hpp"

#include "net/layers/broadcast.hpp"

#include <fmt/format.h>
#include <utility>

namespace ns {
namespace {

/// One operand as the product reads it: leading axes, rows, columns.
struct Matrix {
  Shape batch;
  std::int64_t rows = 1;
  std::int64_t columns = 1;
};

Matrix matrix_of(const Shape& shape, bool transposed, bool is_left) {
  if (shape.rank() == 1) return is_left ? Matrix{{}, 1, shape[0]} : Matrix{{}, shape[0], 1};
  const auto leading = shape.extents().first(shape.rank() - 2);
  Matrix matrix{Shape{std::vector<std::int64_t>(leading.begin(), leading.end())}, shape[shape.rank() - 2],
                shape[shape.rank() - 1]};
  if (transposed) std::swap(matrix.rows, matrix.columns);
  return matrix;
}

Result<void> check_operands(const Matmul& layer, const std::vector<TensorType>& inputs) {
  const std::size_t wanted = layer.with.empty() ? 2 : 1;
  if (inputs.size() != wanted)
    return bad_input(fmt::format("a product of {} needs {} of them as inputs, not {}",
                                 layer.with.empty() ? "two tensors" : "a tensor with a stored one", wanted,
                                 inputs.size()));
  const auto operands = operand_shapes(layer, inputs);
  for (const auto& operand : operands) {
    if (operand.rank() == 0) return bad_input("a product cannot read a scalar");
    if (auto checked = check_shape(operand); !checked) return checked;
  }
  if ((layer.transpose_a && operands[0].rank() < 2) || (layer.transpose_b && operands[1].rank() < 2))
    return bad_input("a vector cannot be transposed");
  return {};
}

double elements(const Shape& shape) { return static_cast<double>(shape.elements()); }

}  // namespace

std::vector<Shape> operand_shapes(const Matmul& layer, const std::vector<TensorType>& inputs) {
  if (layer.with.empty()) return {inputs[0].shape, inputs[1].shape};
  if (layer.with_first) return {Shape{layer.with}, inputs[0].shape};
  return {inputs[0].shape, Shape{layer.with}};
}

MatmulExtents extents_of(const Matmul& layer, const std::vector<TensorType>& inputs) {
  const auto operands = operand_shapes(layer, inputs);
  const auto a = matrix_of(operands[0], layer.transpose_a, true);
  const auto b = matrix_of(operands[1], layer.transpose_b, false);
  return {broadcast(a.batch, b.batch).value_or(Shape{}), a.rows, b.columns, a.columns};
}

Result<std::vector<TensorType>> output_types(const Matmul& layer, const std::vector<TensorType>& inputs) {
  if (auto checked = check_operands(layer, inputs); !checked)
    return tl::unexpected{std::move(checked.error())};
  const auto operands = operand_shapes(layer, inputs);
  const auto a = matrix_of(operands[0], layer.transpose_a, true);
  const auto b = matrix_of(operands[1], layer.transpose_b, false);
  const auto batch = broadcast(a.batch, b.batch);
  if (a.columns != b.rows || !batch)
    return bad_input(fmt::format("{} and {} cannot be multiplied: {}", to_string(operands[0]),
                                 to_string(operands[1]),
                                 batch ? fmt::format("the inner extents are {} and {}", a.columns, b.rows)
                                       : std::string{"the leading axes do not broadcast"}));
  std::vector<std::int64_t> extents(batch->extents().begin(), batch->extents().end());
  if (operands[0].rank() > 1) extents.push_back(a.rows);
  if (operands[1].rank() > 1) extents.push_back(b.columns);
  Shape shape{std::move(extents)};
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Matmul& layer, const Signature& tensors) {
  const auto inner = extents_of(layer, tensors.inputs).k;
  return Macs{elements(tensors.outputs[0].shape) * static_cast<double>(inner)};
}

Flops flops(const Matmul& layer, const Signature& tensors) {
  return Flops{2.0 * macs(layer, tensors).value()};
}

std::vector<Weight> weights(const Matmul& layer, const std::vector<TensorType>&) {
  if (layer.with.empty()) return {};
  return {{"weight", Shape{layer.with}}};
}

std::vector<Feature> features(const Matmul& layer, const Signature& tensors) {
  const auto extents = extents_of(layer, tensors.inputs);
  return {{"batch", elements(extents.batch)},
          {"m", static_cast<double>(extents.m)},
          {"n", static_cast<double>(extents.n)},
          {"k", static_cast<double>(extents.k)},
          {"transpose_a", layer.transpose_a ? 1.0 : 0.0},
          {"transpose_b", layer.transpose_b ? 1.0 : 0.0}};
}

std::vector<Feature> paper_variables(const Matmul& layer, const Signature& tensors) {
  const auto operands = operand_shapes(layer, tensors.inputs);
  return {{"input_neurons", elements(operands[0]) + elements(operands[1])},
          {"output_neurons", elements(tensors.outputs[0].shape)}};
}

std::string category(const Matmul& layer, const Signature& tensors) {
  const auto extents = extents_of(layer, tensors.inputs);
  return fmt::format("{} {}{}", extents.batch.elements() > 1 ? "batched" : "single",
                     extents.m == 1 || extents.n == 1 ? "vector" : "matrix",
                     layer.with.empty() ? "" : " stored");
}

}  // namespace ns
