#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/moves.hpp"

namespace ns::cudnn {

/// Each operand is copied to its place, one kernel for each.
Result<void> build(const Concat& layer, Builder& plan) {
  std::vector<BufferId> operands;
  for (std::size_t i = 0; i < plan.inputs(); ++i) operands.push_back(plan.read(i));
  if (!layer.with.empty()) {
    const auto stored = plan.stored_weight(0);
    if (!stored) return tl::unexpected{stored.error()};
    operands.insert(operands.begin() + layer.at, *stored);
  }
  const auto shapes = operand_shapes(layer, plan.config().inputs);
  const BufferId output = plan.write();
  std::int64_t first = 0;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const auto extent = shapes[i][static_cast<std::size_t>(layer.axis)];
    if (shapes[i].elements() == 0) continue;
    const Part from = part_of(shapes[i], layer.axis, 0, extent);
    const Part to = part_of(plan.out(), layer.axis, first, extent);
    append_move(plan, operands[i], output, {from.extents, from.strides, to.strides, 0, to.offset});
    first += extent;
  }
  return {};
}

}  // namespace ns::cudnn
