#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"

namespace ns::cudnn {
namespace {

constexpr std::int64_t few = 8;  // of which each is found faster than the whole line is sorted

TopTask task_of(const Topk& layer, const Shape& shape) {
  const auto axis = static_cast<std::size_t>(layer.axis);
  TopTask task{};
  task.extent = static_cast<unsigned>(shape[axis]);
  task.inner = static_cast<unsigned>(shape.elements(axis + 1, shape.rank()));
  task.top = static_cast<unsigned>(layer.k);
  task.smallest = layer.smallest ? 1 : 0;
  task.padded = 1;
  while (task.padded < task.extent) task.padded *= 2;
  return task;
}

}  // namespace

Result<void> build(const Topk& layer, Builder& plan) {
  const TopTask task = task_of(layer, plan.in());
  const bool sorts = layer.k > few && task.padded <= most_sorted;
  std::vector<BufferId> operands{plan.read()};
  std::size_t values = 0;  // among the operands; 0: nowhere
  std::size_t places = 0;
  for (std::size_t i = 0; i < layer.outputs.size(); ++i) {
    (layer.outputs[i] == 'v' ? values : places) = operands.size();
    operands.push_back(plan.write(i));
  }
  const Grid grid = grid_of_lines(plan.in().elements() / plan.in()[static_cast<std::size_t>(layer.axis)],
                                  static_cast<std::int64_t>(task.extent));
  plan.run(sorts ? "kernel:sort" : "kernel:topk", std::move(operands),
           [&device = plan.device(), task, sorts, values, places, grid,
            element = plan.in_element()](std::span<void* const> memory) {
             void* const to_values = values == 0 ? nullptr : memory[values];
             void* const to_places = places == 0 ? nullptr : memory[places];
             return device.kernels().launch(device.stream(), sorts ? Kernel::sort : Kernel::topk, element,
                                            grid, task, memory[0], to_values, to_places);
           });
  return {};
}

}  // namespace ns::cudnn
