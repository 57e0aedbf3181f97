#include "kernels/onednn/layers.hpp"

namespace ns::onednn {

Result<void> build(const Softmax& layer, Builder& plan) {
  const auto axis = static_cast<std::size_t>(layer.axis);
  const Shape& shape = plan.in();
  const AxisWork work{shape.elements(0, axis), shape[axis], shape.elements(axis + 1, shape.rank()), 1, 1.0F};
  const View source = plan.read(0, dense(shape));
  const View output = plan.may_overwrite(0) && layer.kind != Softmax::Kind::hard ? plan.write_over(source)
                                                                                 : plan.write(source.desc);
  if (layer.kind == Softmax::Kind::hard) {
    plan.run("loops:hardmax",
             [work, loop = plan.device().loops->hardmax](float* const* memory) {
               loop(work, memory[0], memory[1]);
             },
             {source, output});
    return {};
  }
  const bool is_log = layer.kind == Softmax::Kind::log;
  if (work.inner == 1 && !is_log) {
    // The last axis that is longer than 1: oneDNN is fast there alone.
    const Desc lines = dense(Dims{work.outer, work.extent});
    const Recipe recipe = softmax(plan.device().engine, lines, 1);
    if (recipe && !recipe.is_plain_loop()) {
      plan.run(recipe, {{DNNL_ARG_SRC, {source.buffer, lines}}, {DNNL_ARG_DST, {output.buffer, lines}}});
      return {};
    }
  }
  const View sums = plan.scratch(2 * static_cast<std::size_t>(work.inner) * sizeof(float));
  const auto& loops = *plan.device().loops;
  plan.run(is_log ? "loops:log_softmax" : "loops:softmax",
           [work, loop = is_log ? loops.log_softmax : loops.softmax](float* const* memory) {
             loop(work, memory[0], memory[1], memory[2]);
           },
           {source, output, sums});
  return {};
}

}  // namespace ns::onednn
