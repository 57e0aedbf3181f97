#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/moves.hpp"

namespace ns::cudnn {
namespace {

ScatterTask task_of(const Scatter& layer, const Shape& data, const Shape& indices, std::int64_t count) {
  static_assert(static_cast<int>(Combination::min) == static_cast<int>(Scatter::Combine::min));
  ScatterTask task{};
  task.count = static_cast<unsigned>(count);
  task.combination = static_cast<Combination>(layer.combine);
  task.inner = 1;
  task.axis = static_cast<int>(layer.axis);
  task.axes = static_cast<int>(data.rank());
  for (std::size_t axis = 0; axis < data.rank(); ++axis) task.extents[axis] = static_cast<int>(data[axis]);
  if (layer.kind == Scatter::Kind::elements) {
    for (std::size_t axis = 0; axis < indices.rank(); ++axis)
      task.indices[axis] = static_cast<int>(indices[axis]);
    return task;
  }
  const auto named = static_cast<std::size_t>(indices[indices.rank() - 1]);
  task.named = static_cast<unsigned>(named);
  task.inner = static_cast<unsigned>(data.elements(named, data.rank()));
  return task;
}

/// Of several updates of one place, the last one counts: each place is told which that is.
BufferId append_claims(Builder& plan, const ScatterTask& task, BufferId indices) {
  const std::int64_t places = plan.out().elements();
  const BufferId last = plan.temporary(places, Element::float32);  // as many bytes
  plan.run("kernel:claim", {indices, last},
           [&device = plan.device(), task, places](std::span<void* const> memory) {
             void* const claims = memory[1];
             const auto bytes = static_cast<std::size_t>(places) * sizeof(unsigned);
             auto cleared = check(
                 cuMemsetD8Async(reinterpret_cast<CUdeviceptr>(claims), 0, bytes, device.stream().get()),
                 "cuMemsetD8Async");
             if (!cleared) return cleared;
             return device.kernels().launch(device.stream(), Kernel::claim, Element::float32,
                                            grid_for_each(task.count), task, memory[0], claims);
           });
  return last;
}

}  // namespace

Result<void> build(const Scatter& layer, Builder& plan) {
  const bool stores_data = !layer.data.empty();
  BufferId data = plan.read();
  if (stores_data) {
    const auto stored = plan.stored_weight(0);
    if (!stored) return tl::unexpected{stored.error()};
    data = *stored;
  }
  BufferId indices = plan.read(stores_data || plan.inputs() < 2 ? 0 : 1);
  if (!layer.indices.empty()) {
    const auto stored = plan.stored_weight(stores_data ? 1 : 0);
    if (!stored) return tl::unexpected{stored.error()};
    indices = *stored;
  }
  const BufferId updates = plan.read(plan.inputs() - 1);
  const auto& inputs = plan.config().inputs;
  const ScatterTask task =
      task_of(layer, data_of(layer, inputs).shape, indices_of(layer, inputs), inputs.back().shape.elements());
  const BufferId to = plan.write();
  append_move(plan, data, to, {{plan.out().elements()}, {1}, {1}});
  std::vector<BufferId> operands{indices, updates, to};
  const bool replaces = layer.combine == Scatter::Combine::replace;
  if (replaces) operands.push_back(append_claims(plan, task, indices));
  plan.run("kernel:scatter", std::move(operands),
           [&device = plan.device(), task, replaces](std::span<void* const> memory) {
             const void* const last = replaces ? memory[3] : nullptr;
             return device.kernels().launch(device.stream(), Kernel::scatter, Element::float32,
                                            grid_for_each(task.count), task, memory[0], memory[1], last,
                                            memory[2]);
           });
  return {};
}

}  // namespace ns::cudnn
