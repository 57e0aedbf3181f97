#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/ranks.hpp"

namespace ns::cudnn {

RankTask rank_task(const Shape& shape, std::int64_t axis) {
  const auto place = static_cast<std::size_t>(axis);
  RankTask task{};
  task.extent = static_cast<unsigned>(shape[place]);
  task.inner = static_cast<unsigned>(shape.elements(place + 1, shape.rank()));
  task.lines = static_cast<unsigned>(shape.elements()) / task.extent;
  task.top = 1;
  return task;
}

void append_ranking(Builder& plan, Kernel kernel, std::string implementation, const RankTask& task) {
  plan.run(
      std::move(implementation), {plan.read(), plan.write()},
      [&device = plan.device(), kernel, task, element = plan.in_element()](std::span<void* const> memory) {
        return device.kernels().launch(device.stream(), kernel, element,
                                       grid_of_lines(task.lines, task.extent), task, memory[0], memory[1]);
      });
}

Result<void> build(const Argmax& layer, Builder& plan) {
  RankTask task = rank_task(plan.in(), layer.axis);
  task.top = static_cast<unsigned>(layer.top);
  task.smallest = layer.smallest ? 1 : 0;
  append_ranking(plan, Kernel::argmax, "kernel:argmax", task);
  return {};
}

}  // namespace ns::cudnn
