#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"
#include "net/layers/broadcast.hpp"

namespace ns::cudnn {

static_assert(static_cast<int>(Operation::where) == static_cast<int>(Eltwise::Kind::where));
static_assert(static_cast<int>(Operation::equal) == static_cast<int>(Eltwise::Kind::equal));

namespace {

/// Inputs and stored operands, in the order of the operation.
Result<std::vector<BufferId>> operands_of(const Eltwise& layer, Layout layout, Builder& plan) {
  std::vector<BufferId> operands;
  for (std::size_t i = 0; i < plan.inputs(); ++i) operands.push_back(plan.read(i, layout));
  if (!layer.condition.empty()) {
    const auto condition = plan.stored_weight(0);
    if (!condition) return tl::unexpected{condition.error()};
    operands.insert(operands.begin(), *condition);
  }
  if (const auto place = stored_place(layer, plan.inputs())) {
    const auto stored = plan.stored_weight(layer.condition.empty() ? 0 : 1);
    if (!stored) return tl::unexpected{stored.error()};
    operands.insert(operands.begin() + static_cast<std::ptrdiff_t>(*place), *stored);
  }
  return operands;
}

EltwiseTask task_of(const Eltwise& layer, const Shape& out, const std::vector<Shape>& shapes) {
  const auto axes = broadcast_axes(out, shapes);
  EltwiseTask task{};
  task.count = static_cast<unsigned>(out.elements());
  task.axes = static_cast<int>(axes.extents.size());
  task.operands = static_cast<int>(shapes.size());
  task.operation = static_cast<Operation>(layer.kind);
  for (std::size_t axis = 0; axis < axes.extents.size(); ++axis)
    task.extents[axis] = static_cast<int>(axes.extents[axis]);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    task.coefficients[i] = layer.coefficients.empty() ? 1.0F : static_cast<float>(layer.coefficients[i]);
    for (std::size_t axis = 0; axis < axes.extents.size(); ++axis)
      task.strides[i][axis] = static_cast<int>(axes.strides[i][axis]);
  }
  return task;
}

}  // namespace

Result<void> build(const Eltwise& layer, Builder& plan) {
  const Layout layout = joint_layout(plan);
  auto operands = operands_of(layer, layout, plan);
  if (!operands) return tl::unexpected{std::move(operands.error())};
  auto shapes = operand_shapes(layer, plan.config().inputs);
  for (Shape& shape : shapes) shape = placed(shape, layout);
  const auto task = task_of(layer, placed(plan.out(), layout), shapes);
  operands->push_back(plan.write(0, layout));
  plan.run("kernel:eltwise", std::move(*operands),
           [&device = plan.device(), task, element = plan.out_element()](std::span<void* const> memory) {
             EltwiseTask bound = task;
             for (int i = 0; i < task.operands; ++i) bound.values[i] = memory[static_cast<std::size_t>(i)];
             return device.kernels().launch(device.stream(), Kernel::eltwise, element,
                                            grid_for_each(task.count), bound, memory.back());
           });
  return {};
}

}  // namespace ns::cudnn
