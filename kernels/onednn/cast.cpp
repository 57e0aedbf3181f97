#include "kernels/onednn/layers.hpp"

namespace ns::onednn {

/// Values are carried as float32, so only what they may be changes: whole numbers, or 0 and 1.
Result<void> build(const Cast& layer, Builder& plan) {
  const View source = plan.read(0, dense(plan.in()));
  const View output = plan.may_overwrite(0) ? plan.write_over(source) : plan.write(source.desc);
  if (is_floating(layer.dtype)) {
    if (output.buffer != source.buffer) plan.copy(source, output);
    return {};
  }
  FunctionWork work;
  work.function = layer.dtype == DType::boolean ? Function::is_nonzero : Function::truncate;
  work.count = plan.in().elements();
  plan.run("loops:cast",
           [work, loop = plan.device().loops->function](float* const* memory) {
             loop(work, memory[0], memory[1]);
           },
           {source, output});
  return {};
}

}  // namespace ns::onednn
