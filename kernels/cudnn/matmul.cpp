#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/product.hpp"
#include "net/layers/broadcast.hpp"

namespace ns::cudnn {
namespace {

/// The axes before rows and columns.
Shape batch_of(const Shape& operand) {
  if (operand.rank() <= 2) return Shape{};
  return Shape{{operand.extents().begin(), operand.extents().end() - 2}};
}

/// Whether A has many matrices and B the same one for all of them.
bool is_one_matrix_for_all(const BroadcastAxes& axes) {
  return axes.extents.size() == 1 && axes.strides[0].front() == 1 && axes.strides[1].front() == 0;
}

/// The innermost axis of the batch is one call.
Products products_of(Product product, const BroadcastAxes& axes) {
  const std::int64_t a_size = product.m * product.k;
  const std::int64_t b_size = product.k * product.n;
  const std::int64_t c_size = product.m * product.n;
  product.count = axes.extents.back();
  product.a_stride = axes.strides[0].back() * a_size;
  product.b_stride = axes.strides[1].back() * b_size;
  product.c_stride = c_size;
  Products made{product, {}};
  std::int64_t outer = 1;
  for (std::size_t axis = 0; axis + 1 < axes.extents.size(); ++axis) outer *= axes.extents[axis];
  for (std::int64_t i = 0; i < outer; ++i) {
    std::array<std::int64_t, 3> offsets{0, 0, i * product.count * c_size};
    std::int64_t rest = i;
    for (std::size_t axis = axes.extents.size() - 1; axis-- > 0;) {
      const auto place = rest % axes.extents[axis];
      offsets[0] += place * axes.strides[0][axis] * a_size;
      offsets[1] += place * axes.strides[1][axis] * b_size;
      rest /= axes.extents[axis];
    }
    made.offsets.push_back(offsets);
  }
  return made;
}

}  // namespace

Result<void> build(const Matmul& layer, Builder& plan) {
  const auto extents = extents_of(layer, plan.config().inputs);
  const auto shapes = operand_shapes(layer, plan.config().inputs);
  BufferId a = plan.read();
  BufferId b = plan.read(plan.inputs() - 1);
  if (!layer.with.empty()) {
    const auto stored = plan.stored_weight(0);
    if (!stored) return tl::unexpected{stored.error()};
    (layer.with_first ? a : b) = *stored;
  }
  Product product;
  product.m = extents.m;
  product.n = extents.n;
  product.k = extents.k;
  product.transpose_a = layer.transpose_a;
  product.transpose_b = layer.transpose_b;
  product.scale = static_cast<float>(layer.scale);
  auto axes = broadcast_axes(extents.batch, {batch_of(shapes[0]), batch_of(shapes[1])});
  if (is_one_matrix_for_all(axes) && !layer.transpose_a) {
    product.m *= axes.extents.front();  // the rows of A's matrices follow each other
    axes = {{1}, {{0}, {0}}};
  }
  append_products(plan, products_of(product, axes), a, b, plan.write());
  return {};
}

}  // namespace ns::cudnn
