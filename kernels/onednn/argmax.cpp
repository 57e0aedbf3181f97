#include "kernels/onednn/layers.hpp"

namespace ns::onednn {

Result<void> build(const Argmax& layer, Builder& plan) {
  const auto axis = static_cast<std::size_t>(layer.axis);
  const Shape& shape = plan.in();
  const AxisWork work{shape.elements(0, axis), shape[axis], shape.elements(axis + 1, shape.rank()), layer.top,
                      layer.smallest ? -1.0F : 1.0F};
  const View source = plan.read(0, dense(shape));
  plan.run(
      "loops:argmax",
      [work, loop = plan.device().loops->argmax](float* const* memory) { loop(work, memory[0], memory[1]); },
      {source, plan.write(dense(plan.out()))});
  return {};
}

}  // namespace ns::onednn
