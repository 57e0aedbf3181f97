// Layers that only move elements, and the kernels that do it.
#include "kernels/cudnn/moves.hpp"

#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"

#include <cassert>

namespace ns::cudnn {
namespace {

template <std::size_t count>
void fill(int (&target)[count], const std::vector<std::int64_t>& values) {
  assert(values.size() <= count);
  for (std::size_t axis = 0; axis < values.size(); ++axis) target[axis] = static_cast<int>(values[axis]);
}

/// Of one dense tensor into another.
Result<void> copy(Builder& plan, const StridedCopy& copied) {
  const StridedCopy merged = ns::merged(copied);
  Move move{merged.extents, merged.strides, std::vector<std::int64_t>(merged.extents.size(), 1),
            merged.offset, 0};
  for (std::size_t axis = merged.extents.size(); axis-- > 1;)
    move.to[axis - 1] = move.to[axis] * merged.extents[axis];
  append_move(plan, plan.read(), plan.write(), move);
  return {};
}

}  // namespace

void append_move(Builder& plan, BufferId from, BufferId to, const Move& move) {
  CopyTask task{};
  std::int64_t count = 1;
  for (const auto extent : move.extents) count *= extent;
  task.count = static_cast<unsigned>(count);
  task.axes = static_cast<int>(move.extents.size());
  fill(task.extents, move.extents);
  fill(task.from, move.from);
  fill(task.to, move.to);
  task.from_offset = static_cast<int>(move.from_offset);
  task.to_offset = static_cast<int>(move.to_offset);
  plan.run("kernel:copy", {from, to},
           [&device = plan.device(), task, element = plan.element_in(from)](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), Kernel::copy, element, grid_for_each(task.count),
                                            task, memory[0], memory[1]);
           });
}

Part part_of(const Shape& shape, std::int64_t axis, std::int64_t first, std::int64_t extent) {
  const auto place = static_cast<std::size_t>(axis);
  const auto inner = shape.elements(place + 1, shape.rank());
  return {{shape.elements(0, place), extent, inner}, {shape[place] * inner, inner, 1}, first * inner};
}

void append_pad(Builder& plan, BufferId from, BufferId to, const std::vector<std::int64_t>& inside,
                const std::vector<std::int64_t>& outside, const std::vector<std::int64_t>& pads,
                const Pad& filling) {
  static_assert(static_cast<int>(Fill::wrap) == static_cast<int>(Pad::Mode::wrap));
  PadTask task{};
  std::int64_t count = 1;
  for (const auto extent : outside) count *= extent;
  task.count = static_cast<unsigned>(count);
  task.axes = static_cast<int>(inside.size());
  fill(task.inside, inside);
  fill(task.outside, outside);
  fill(task.pads, pads);
  task.fill = static_cast<Fill>(filling.mode);
  task.value = static_cast<float>(filling.value);
  plan.run("kernel:pad", {from, to},
           [&device = plan.device(), task, element = plan.element_in(from)](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), Kernel::pad, element, grid_for_each(task.count),
                                            task, memory[0], memory[1]);
           });
}

Result<void> build(const Pad& layer, Builder& plan) {
  const auto list = [](const Shape& shape) {
    return std::vector<std::int64_t>{shape.extents().begin(), shape.extents().end()};
  };
  const std::vector<std::int64_t> begins{layer.pads.begin(),
                                         layer.pads.begin() + static_cast<std::ptrdiff_t>(plan.in().rank())};
  append_pad(plan, plan.read(), plan.write(), list(plan.in()), list(plan.out()), begins, layer);
  return {};
}

Result<void> build(const Transpose& layer, Builder& plan) {
  return copy(plan, strided_copy(layer, plan.in()));
}
Result<void> build(const DepthSpace& layer, Builder& plan) {
  return copy(plan, strided_copy(layer, plan.in()));
}
Result<void> build(const Crop& layer, Builder& plan) { return copy(plan, strided_copy(layer, plan.in())); }
Result<void> build(const Expand& layer, Builder& plan) { return copy(plan, strided_copy(layer, plan.in())); }
Result<void> build(const Tile& layer, Builder& plan) { return copy(plan, strided_copy(layer, plan.in())); }

Result<void> build(const Reshape&, Builder& plan) {
  plan.rename(0);
  return {};
}

Result<void> build(const Identity&, Builder& plan) {
  for (std::size_t output = 0; output < plan.outputs(); ++output) plan.rename(output, plan.layout());
  return {};
}

}  // namespace ns::cudnn
