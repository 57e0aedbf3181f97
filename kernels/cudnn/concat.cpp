#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/moves.hpp"

namespace ns::cudnn {

/// Each operand is copied to its place, one kernel for each.
Result<void> build(const Concat& layer, Builder& plan) {
  const Layout layout = joint_layout(plan);
  std::vector<BufferId> operands;
  for (std::size_t i = 0; i < plan.inputs(); ++i) operands.push_back(plan.read(i, layout));
  if (!layer.with.empty()) {
    const auto stored = plan.stored_weight(0);
    if (!stored) return tl::unexpected{stored.error()};
    operands.insert(operands.begin() + layer.at, *stored);
  }
  const auto shapes = operand_shapes(layer, plan.config().inputs);
  const BufferId output = plan.write(0, layout);
  const Shape out = placed(plan.out(), layout);
  const std::int64_t axis = placed_axis(layer.axis, layout);
  std::int64_t first = 0;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Shape shape = placed(shapes[i], layout);
    const auto extent = shape[static_cast<std::size_t>(axis)];
    if (shape.elements() == 0) continue;
    const Part from = part_of(shape, axis, 0, extent);
    const Part to = part_of(out, axis, first, extent);
    append_move(plan, operands[i], output, {from.extents, from.strides, to.strides, 0, to.offset});
    first += extent;
  }
  return {};
}

}  // namespace ns::cudnn
