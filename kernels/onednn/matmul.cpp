#include "kernels/onednn/layers.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

/// One operand as oneDNN sees it: leading axes of its own, filled up with ones, then rows and columns.
struct Matrix {
  Dims dims;
  Dims strides;
};

Matrix matrix_of(const Shape& shape, bool transposed, bool is_left, std::size_t rank) {
  Matrix matrix;
  if (shape.rank() == 1) {
    matrix.dims = is_left ? Dims{1, shape[0]} : Dims{shape[0], 1};
    matrix.strides = is_left ? Dims{shape[0], 1} : Dims{1, 1};
  } else {
    const auto rows = shape[shape.rank() - 2];
    const auto columns = shape[shape.rank() - 1];
    matrix.dims = transposed ? Dims{columns, rows} : Dims{rows, columns};
    matrix.strides = transposed ? Dims{1, columns} : Dims{columns, 1};
  }
  std::int64_t step = matrix.dims[0] * matrix.dims[1];
  for (std::size_t back = 3; back <= rank; ++back) {
    const std::int64_t extent = back <= shape.rank() ? shape[shape.rank() - back] : 1;
    matrix.dims.insert(matrix.dims.begin(), extent);
    matrix.strides.insert(matrix.strides.begin(), step);
    step *= extent;
  }
  return matrix;
}

/// Leading axes that both have alike are one; those that B lacks are rows of A.
void merge_batch(Matrix& a, Matrix& b) {
  const std::size_t leading = a.dims.size() - 2;
  if (leading == 0) return;
  std::int64_t a_batch = 1;
  std::int64_t b_batch = 1;
  bool alike = true;
  for (std::size_t axis = 0; axis < leading; ++axis) {
    a_batch *= a.dims[axis];
    b_batch *= b.dims[axis];
    alike = alike && a.dims[axis] == b.dims[axis];
  }
  const auto keep = [&](Matrix& matrix, std::int64_t batch) {
    const auto size = matrix.dims[leading] * matrix.dims[leading + 1];
    matrix.dims = {batch, matrix.dims[leading], matrix.dims[leading + 1]};
    matrix.strides = {size, matrix.strides[leading], matrix.strides[leading + 1]};
  };
  const auto rows = a.dims[leading];
  const auto columns = a.dims[leading + 1];
  if (b_batch == 1 && a.strides[leading + 1] == 1) {
    a = {{a_batch * rows, columns}, {columns, 1}};
    b = {{b.dims[leading], b.dims[leading + 1]}, {b.strides[leading], b.strides[leading + 1]}};
  } else if (alike) {
    keep(a, a_batch);
    keep(b, b_batch);
  }
}

Desc desc_of(const Matrix& matrix) { return {matrix.dims, dnnl::memory::data_type::f32, matrix.strides}; }

/// Both versions of oneDNN know a line behind a product; the scales of its attributes they know by other
/// names.
PostOps scaled_by(double scale) {
  PostOps after;
  if (scale != 1.0) after.steps.push_back({dnnl::algorithm::eltwise_linear, static_cast<float>(scale), 0.0F});
  return after;
}

Desc product_of(const Matrix& a, const Matrix& b) {
  Dims dims = a.dims;
  for (std::size_t axis = 0; axis + 2 < dims.size(); ++axis) dims[axis] = std::max(dims[axis], b.dims[axis]);
  dims.back() = b.dims.back();
  return dense(dims);
}

}  // namespace

Result<void> build(const Matmul& layer, Builder& plan) {
  const auto shapes = operand_shapes(layer, plan.config().inputs);
  const std::size_t rank = std::max<std::size_t>(2, std::max(shapes[0].rank(), shapes[1].rank()));
  Matrix a = matrix_of(shapes[0], layer.transpose_a, true, rank);
  Matrix b = matrix_of(shapes[1], layer.transpose_b, false, rank);
  merge_batch(a, b);
  const Desc left = desc_of(a);
  const Desc right = desc_of(b);
  const bool packs = !layer.with.empty() && !layer.with_first;
  const Recipe recipe = matmul(plan.device().engine, left, packs ? any(b.dims) : right, product_of(a, b),
                               scaled_by(layer.scale));
  if (!recipe)
    return failure(Errc::unsupported,
                   fmt::format("oneDNN has no implementation of {}", print(plan.config())));

  const auto input = [&](std::size_t index, const Desc& desc) {
    return View{plan.read(index, dense(plan.in(index))).buffer, desc};
  };
  View first;
  View second;
  if (layer.with.empty()) {
    first = input(0, left);
    second = input(1, right);
  } else {
    auto values = plan.weight(0);
    if (!values) return tl::unexpected{std::move(values.error())};
    first = packs ? input(0, left) : View{plan.constant(*values).buffer, left};
    second = packs ? plan.pack(std::move(*values), right, recipe.weights()) : input(0, right);
  }
  plan.run(recipe, {{DNNL_ARG_SRC, first},
                    {DNNL_ARG_WEIGHTS, second},
                    {DNNL_ARG_DST, plan.write_as(recipe.destination())}});
  return {};
}

}  // namespace ns::onednn
