#include "kernels/onednn/layers.hpp"

namespace ns::onednn {

Result<void> build(const Cumsum& layer, Builder& plan) {
  const auto axis = static_cast<std::size_t>(layer.axis);
  const Shape& shape = plan.in();
  const CumulateWork work{shape.elements(0, axis),
                          shape[axis],
                          shape.elements(axis + 1, shape.rank()),
                          layer.kind == Cumsum::Kind::sum ? Cumulation::sum : Cumulation::product,
                          layer.exclusive,
                          layer.reverse};
  const View source = plan.read(0, dense(shape));
  const View output = plan.may_overwrite(0) ? plan.write_over(source) : plan.write(source.desc);
  plan.run("loops:cumsum",
           [work, loop = plan.device().loops->cumulate](float* const* memory) {
             loop(work, memory[0], memory[1]);
           },
           {source, output});
  return {};
}

}  // namespace ns::onednn
