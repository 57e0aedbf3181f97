// A product of matrices where an equation is one, behind transposing copies where its axes stand otherwise.
#include "net/layers/einsum.hpp"

#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/moves.hpp"
#include "kernels/cudnn/product.hpp"
#include "kernels/einsum_layout.hpp"

#include <array>
#include <optional>
#include <utility>

namespace ns::cudnn {
namespace {

using Labels = EinsumProduct::Labels;

constexpr std::array operand_tensors{EinsumTensor::left, EinsumTensor::right};
constexpr std::array all_tensors{EinsumTensor::left, EinsumTensor::right, EinsumTensor::result};

std::size_t place_of(EinsumTensor tensor) { return static_cast<std::size_t>(tensor); }

/// Reads elements wherever they stand, in the order of the labels.
void append_copy(Builder& plan, const Labels& labels, EinsumTensor tensor, BufferId from, BufferId to) {
  StridedCopy copy;
  for (const auto& label : labels) {
    copy.extents.push_back(label.extent);
    copy.strides.push_back(label.strides.at(place_of(tensor)));
  }
  copy = merged(copy);
  Move move{copy.extents, copy.strides, std::vector<std::int64_t>(copy.extents.size(), 1)};
  for (std::size_t axis = move.to.size(); axis-- > 1;) move.to[axis - 1] = move.to[axis] * move.extents[axis];
  append_move(plan, from, to, move);
}

/// Copies an operand, summed over what only it has.
void append_layout(Builder& plan, const EinsumProduct& product, EinsumTensor tensor, BufferId from,
                   BufferId to) {
  const Labels labels = labels_in(product, tensor);
  const Labels& alone = product.alone.at(place_of(tensor));
  if (alone.empty()) return append_copy(plan, labels, tensor, from, to);
  ReduceTask task{};
  task.outputs = static_cast<unsigned>(joined_extent(labels));
  task.count = static_cast<unsigned>(joined_extent(alone));
  for (const auto& label : labels) {
    task.kept[task.kept_axes] = static_cast<int>(label.extent);
    task.kept_strides[task.kept_axes++] = static_cast<int>(label.strides.at(place_of(tensor)));
  }
  for (const auto& label : alone) {
    task.reduced[task.reduced_axes] = static_cast<int>(label.extent);
    task.reduced_strides[task.reduced_axes++] = static_cast<int>(label.strides.at(place_of(tensor)));
  }
  plan.run("kernel:reduce", {from, to},
           [&device = plan.device(), task, element = plan.real()](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), Kernel::reduce, element,
                                            grid_of_lines(task.outputs, task.count), task, memory[0],
                                            memory[1]);
           });
}

/// How far apart neighbours stand along both axes of a matrix.
struct Matrix {
  std::int64_t count;
  std::int64_t length;
  std::int64_t row;
  std::int64_t column;

  /// What cuBLAS calls a matrix: its rows, or its columns, lie behind each other without sharing elements.
  [[nodiscard]] bool has_rows() const { return column == 1 && row >= length; }
  [[nodiscard]] bool has_columns() const { return row == 1 && column >= count; }
};

/// Precondition: is_matrix().
Matrix matrix_of(const EinsumProduct& product, EinsumTensor tensor) {
  const auto& rows = tensor == EinsumTensor::right ? product.inner : product.rows;
  const auto& columns = tensor == EinsumTensor::left ? product.inner : product.columns;
  Matrix matrix{joined_extent(rows), joined_extent(columns), joined_stride(rows, tensor).value_or(1),
                joined_stride(columns, tensor).value_or(1)};
  if (rows.empty()) matrix.row = matrix.column == 1 ? matrix.length : 1;
  if (columns.empty()) matrix.column = matrix.row == 1 && tensor != EinsumTensor::result ? matrix.count : 1;
  return matrix;
}

bool is_multiplied_where_it_stands(const EinsumProduct& product, EinsumTensor tensor) {
  if (!is_matrix(product, tensor)) return false;
  const Matrix matrix = matrix_of(product, tensor);
  return matrix.has_rows() || (tensor != EinsumTensor::result && matrix.has_columns());
}

/// The layer as it is built: `planned` has laid out anew what `original` cannot have multiplied as it stands.
struct Build {
  const Einsum& layer;
  Builder& plan;
  EinsumProduct original;
  EinsumProduct planned;
  std::array<bool, 3> is_new{};

  [[nodiscard]] bool is_first(EinsumTensor tensor) const {
    return (tensor == EinsumTensor::left) != original.swapped;
  }
  void lay_out(EinsumTensor tensor) {
    planned = laid_out(planned, tensor);
    is_new.at(place_of(tensor)) = true;
  }
};

/// An operand's memory, laid out as planned.
Result<BufferId> operand_of(const Build& build, EinsumTensor tensor) {
  const bool is_new = build.is_new.at(place_of(tensor));
  if (!build.layer.with.empty() && build.is_first(tensor) == build.layer.with_first) {
    const auto values = build.plan.weight(0);
    if (!values) return tl::unexpected{values.error()};
    return build.plan.constant(is_new ? stored_layout(build.original, tensor, *values) : *values,
                               build.plan.real());
  }
  const bool is_only_input = !build.layer.with.empty();
  const BufferId source = build.plan.read(is_only_input || build.is_first(tensor) ? 0 : 1);
  if (!is_new) return source;
  const BufferId made = build.plan.temporary(joined_extent(labels_in(build.original, tensor)));
  append_layout(build.plan, build.original, tensor, source, made);
  return made;
}

Result<std::array<BufferId, 2>> operands_of(const Build& build) {
  const auto left = operand_of(build, EinsumTensor::left);
  if (!left) return tl::unexpected{left.error()};
  const auto right = operand_of(build, EinsumTensor::right);
  if (!right) return tl::unexpected{right.error()};
  return std::array{*left, *right};
}

/// Nothing is summed but what only one operand has: elements are multiplied wherever they stand.
Result<void> build_elementwise(Build& build) {
  Builder& plan = build.plan;
  for (const auto tensor : operand_tensors)
    if (!build.original.alone.at(place_of(tensor)).empty()) build.lay_out(tensor);
  const auto operands = operands_of(build);
  if (!operands) return tl::unexpected{operands.error()};
  EltwiseTask task{};
  task.count = static_cast<unsigned>(plan.out().elements());
  task.operands = 2;
  task.operation = Operation::mul;
  for (const auto& label : in_order(build.planned, build.original)) {
    task.extents[task.axes] = static_cast<int>(label.extent);
    for (std::size_t i = 0; i < 2; ++i) task.strides[i][task.axes] = static_cast<int>(label.strides.at(i));
    ++task.axes;
  }
  task.coefficients[0] = task.coefficients[1] = 1.0F;
  plan.run("kernel:eltwise", {(*operands)[0], (*operands)[1], plan.write()},
           [&device = plan.device(), task, element = plan.real()](std::span<void* const> memory) {
             EltwiseTask bound = task;
             bound.values[0] = memory[0];
             bound.values[1] = memory[1];
             return device.kernels().launch(device.stream(), Kernel::eltwise, element,
                                            grid_for_each(task.count), bound, memory[2]);
           });
  return {};
}

/// The products of a batch, whose last axis is one call.
Products products_of(const EinsumProduct& planned) {
  Products made;
  Product& product = made.product;
  const Matrix a = matrix_of(planned, EinsumTensor::left);
  const Matrix b = matrix_of(planned, EinsumTensor::right);
  product.m = a.count;
  product.k = a.length;
  product.n = b.length;
  product.transpose_a = !a.has_rows();
  product.transpose_b = !b.has_rows();
  product.a_line = product.transpose_a ? a.column : a.row;
  product.b_line = product.transpose_b ? b.column : b.row;
  product.c_line = matrix_of(planned, EinsumTensor::result).row;
  Labels batch = joined_batch(planned);
  if (!batch.empty()) {
    product.count = batch.back().extent;
    product.a_stride = batch.back().strides[0];
    product.b_stride = batch.back().strides[1];
    product.c_stride = batch.back().strides[2];
    batch.pop_back();
  }
  for (std::int64_t i = 0; i < joined_extent(batch); ++i) {
    std::array<std::int64_t, 3> offsets{};
    std::int64_t rest = i;
    for (auto label = batch.rbegin(); label != batch.rend(); ++label) {
      for (std::size_t tensor = 0; tensor < offsets.size(); ++tensor)
        offsets.at(tensor) += rest % label->extent * label->strides.at(tensor);
      rest /= label->extent;
    }
    made.offsets.push_back(offsets);
  }
  return made;
}

/// What no product reads or writes is laid out anew; and all, where that saves many calls.
Products planned_products(Build& build) {
  constexpr std::size_t many = 16;
  for (const auto tensor : all_tensors)
    if (!is_multiplied_where_it_stands(build.planned, tensor)) build.lay_out(tensor);
  Products made = products_of(build.planned);
  if (made.offsets.size() <= many) return made;
  for (const auto tensor : all_tensors) build.lay_out(tensor);
  return products_of(build.planned);
}

Result<void> build_product(Build& build) {
  Builder& plan = build.plan;
  Products products = planned_products(build);
  const auto operands = operands_of(build);
  if (!operands) return tl::unexpected{operands.error()};
  const bool transposes = build.is_new[2];
  const BufferId made = transposes ? plan.temporary(plan.out().elements()) : plan.write();
  append_products(plan, std::move(products), (*operands)[0], (*operands)[1], made);
  if (transposes)
    append_copy(plan, in_order(build.planned, build.original), EinsumTensor::result, made, plan.write());
  return {};
}

}  // namespace

Result<void> build(const Einsum& layer, Builder& plan) {
  const auto product = product_of(layer, plan.config().inputs);
  if (plan.inputs() + (layer.with.empty() ? 0 : 1) == 1) {
    append_layout(plan, product, EinsumTensor::left, plan.read(), plan.write());
    return {};
  }
  Build build{layer, plan, product, product};
  return product.inner.empty() ? build_elementwise(build) : build_product(build);
}

}  // namespace ns::cudnn
