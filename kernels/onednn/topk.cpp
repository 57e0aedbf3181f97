#include "kernels/onednn/layers.hpp"

namespace ns::onednn {
namespace {

/// A key per element that is kept, and, where lines stand side by side, 16 of them one after the other.
std::size_t scratch_bytes(const AxisWork& work) {
  constexpr std::int64_t lines = 16;
  const auto keys = 2 * work.top;
  return static_cast<std::size_t>(keys + (work.inner > 1 ? lines * work.extent : 0)) * sizeof(float);
}

}  // namespace

Result<void> build(const Topk& layer, Builder& plan) {
  const auto axis = static_cast<std::size_t>(layer.axis);
  const Shape& shape = plan.in();
  const AxisWork work{shape.elements(0, axis), shape[axis], shape.elements(axis + 1, shape.rank()), layer.k,
                      layer.smallest ? -1.0F : 1.0F};
  std::vector<View> operands{plan.read(0, dense(shape)), plan.scratch(scratch_bytes(work))};
  for (std::size_t i = 0; i < plan.outputs(); ++i) operands.push_back(plan.write(dense(plan.out(i)), i));
  const bool has_values = layer.outputs.front() == 'v';
  const bool has_indices = layer.outputs.back() == 'i';
  plan.run(
      "loops:topk",
      [work, has_values, has_indices, last = operands.size() - 1,
       loop = plan.device().loops->topk](float* const* memory) {
        loop(work, memory[0], has_values ? memory[2] : nullptr, has_indices ? memory[last] : nullptr,
             memory[1]);
      },
      operands);
  return {};
}

}  // namespace ns::onednn
