#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"

#include <algorithm>

namespace ns::cudnn {
namespace {

template <std::size_t count>
void fill(int (&target)[count], const Shape& shape, std::size_t first, std::size_t axes) {
  for (std::size_t axis = 0; axis < axes; ++axis) target[axis] = static_cast<int>(shape[first + axis]);
}

GatherTask task_of(const Gather& layer, const Shape& data, const Shape& indices, std::int64_t count) {
  static_assert(static_cast<int>(Picking::nd) == static_cast<int>(Gather::Kind::nd));
  GatherTask task{};
  task.count = static_cast<unsigned>(count);
  task.picking = static_cast<Picking>(layer.kind);
  task.axis = static_cast<int>(layer.axis);
  task.picked = static_cast<unsigned>(indices.elements());
  task.inner = 1;
  const auto axis = static_cast<std::size_t>(layer.axis);
  const auto batch = static_cast<std::size_t>(layer.batch);
  switch (layer.kind) {
    case Gather::Kind::rows:
      fill(task.extents, data, axis, 1);
      task.inner = static_cast<unsigned>(data.elements(axis + 1, data.rank()));
      break;
    case Gather::Kind::elements:
      task.axes = static_cast<int>(data.rank());
      fill(task.extents, data, 0, data.rank());
      fill(task.indices, indices, 0, data.rank());
      break;
    case Gather::Kind::nd: {
      const auto named = static_cast<std::size_t>(indices[indices.rank() - 1]);
      const auto tuples = indices.elements(0, indices.rank() - 1);
      task.named = static_cast<unsigned>(named);
      fill(task.extents, data, batch, named);
      task.inner = static_cast<unsigned>(data.elements(batch + named, data.rank()));
      task.per_batch = static_cast<unsigned>(std::max<std::int64_t>(1, tuples / data.elements(0, batch)));
      break;
    }
  }
  return task;
}

}  // namespace

Result<void> build(const Gather& layer, Builder& plan) {
  const bool stored_indices = layer.single || !layer.indices.empty();
  const Element element = plan.out_element();
  BufferId data = plan.read();
  BufferId indices = plan.read(plan.inputs() - 1);
  if (!layer.table.empty() || stored_indices) {
    const auto stored = plan.stored_weight(0, stored_indices ? Element::float32 : element);
    if (!stored) return tl::unexpected{stored.error()};
    (stored_indices ? indices : data) = *stored;
  }
  const auto& inputs = plan.config().inputs;
  const GatherTask task =
      task_of(layer, data_of(layer, inputs).shape, indices_of(layer, inputs), plan.out().elements());
  plan.run("kernel:gather", {data, indices, plan.write()},
           [&device = plan.device(), task, element](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), Kernel::gather, element,
                                            grid_for_each(task.count), task, memory[0], memory[1], memory[2]);
           });
  return {};
}

}  // namespace ns::cudnn
