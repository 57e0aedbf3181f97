#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"

namespace ns::cudnn {
namespace {

ScanTask task_of(const Cumsum& layer, const Shape& shape) {
  const auto axis = static_cast<std::size_t>(layer.axis);
  ScanTask task{};
  task.extent = static_cast<unsigned>(shape[axis]);
  task.inner = static_cast<unsigned>(shape.elements(axis + 1, shape.rank()));
  task.lines = static_cast<unsigned>(shape.elements()) / task.extent;
  task.multiplies = layer.kind == Cumsum::Kind::prod ? 1 : 0;
  task.exclusive = layer.exclusive ? 1 : 0;
  task.reverse = layer.reverse ? 1 : 0;
  return task;
}

}  // namespace

/// Where a warp has neighbouring lines, or lines are short, each thread takes one; else a block does.
Result<void> build(const Cumsum& layer, Builder& plan) {
  constexpr unsigned warp = 32;
  const ScanTask task = task_of(layer, plan.in());
  const bool alone = task.inner >= warp || task.extent <= warp;
  const Grid grid = alone ? grid_for_each(task.lines) : grid_of_lines(task.lines, task.extent);
  plan.run(alone ? "kernel:running" : "kernel:scan", {plan.read(), plan.write()},
           [&device = plan.device(), task, alone, grid,
            element = plan.in_element()](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), alone ? Kernel::running : Kernel::scan, element,
                                            grid, task, memory[0], memory[1]);
           });
  return {};
}

}  // namespace ns::cudnn
