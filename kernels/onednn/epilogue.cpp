#include "kernels/onednn/epilogue.hpp"

#include "kernels/onednn/activation.hpp"

namespace ns::onednn {

Epilogue epilogue_of(const LayerConfig& config) {
  Epilogue result;
  for (const LayerParams& follower : config.epilogue) {
    if (std::holds_alternative<Eltwise>(follower)) {
      result.after.accumulate = true;
      result.added = config.inputs.size() - 1;
    }
    if (const auto* const act = std::get_if<Act>(&follower)) {
      const auto steps = steps_of(*act);
      result.after.steps.insert(result.after.steps.end(), steps.begin(), steps.end());
    }
  }
  return result;
}

View accumulator(Builder& plan, const Epilogue& epilogue, const Desc& desc) {
  if (!epilogue.added) return plan.write(desc);
  const std::size_t added = *epilogue.added;
  const View operand = plan.read(added, desc);
  // A reorder has just made a copy of its own; else the sum may go where the operand dies.
  if (!plan.is_own(added, operand) || plan.may_overwrite(added)) return plan.write_over(operand);
  const View target = plan.write(desc);
  plan.copy(operand, target);
  return target;
}

}  // namespace ns::onednn
