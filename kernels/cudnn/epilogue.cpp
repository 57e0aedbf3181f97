#include "kernels/cudnn/epilogue.hpp"

namespace ns::cudnn {

// The kernel's functions are in the order of Act::Kind.
static_assert(static_cast<int>(Function::is_inf) == static_cast<int>(Act::Kind::is_inf));
static_assert(static_cast<int>(Function::softplus) == static_cast<int>(Act::Kind::softplus));
static_assert(static_cast<int>(Function::round) == static_cast<int>(Act::Kind::round));
static_assert(static_cast<int>(Function::selu) == static_cast<int>(Act::Kind::selu));
static_assert(act_kinds.size() == static_cast<std::size_t>(Function::identity));

Epilogue epilogue_of(const Builder& plan, std::optional<BufferId> bias) {
  Epilogue epilogue;
  epilogue.bias = bias;
  for (const LayerParams& follower : plan.config().epilogue) {
    if (std::holds_alternative<Eltwise>(follower)) epilogue.adds = true;
    if (const auto* const act = std::get_if<Act>(&follower)) epilogue.act = *act;
  }
  return epilogue;
}

PointwiseTask pointwise_task(std::int64_t count, std::int64_t channels, std::int64_t inner) {
  return {static_cast<unsigned>(count),
          static_cast<unsigned>(channels),
          static_cast<unsigned>(inner),
          Function::identity,
          0.0F,
          0.0F,
          0.0F};
}

PointwiseTask pointwise_task(const Act& act, std::int64_t count, std::int64_t channels, std::int64_t inner) {
  PointwiseTask task = pointwise_task(count, channels, inner);
  task.function = static_cast<Function>(act.kind);
  task.alpha = static_cast<float>(act.alpha);
  task.beta = static_cast<float>(act.beta);
  task.gamma = static_cast<float>(act.gamma);
  return task;
}

void append_epilogue(Builder& plan, const Epilogue& epilogue, BufferId output, std::int64_t channels,
                     std::int64_t inner) {
  if (epilogue.is_empty()) return;
  const auto count = plan.out().elements();
  const PointwiseTask task = epilogue.act ? pointwise_task(*epilogue.act, count, channels, inner)
                                          : pointwise_task(count, channels, inner);
  // Absent operands are null.
  std::vector<BufferId> operands{output};
  if (epilogue.bias) operands.push_back(*epilogue.bias);
  if (epilogue.adds) operands.push_back(plan.read(plan.inputs() - 1, epilogue.layout));
  const bool has_bias = epilogue.bias.has_value();
  const bool adds = epilogue.adds;
  plan.run(
      "kernel:pointwise", std::move(operands),
      [&device = plan.device(), task, has_bias, adds, element = plan.real()](std::span<void* const> memory) {
        const void* const bias = has_bias ? memory[1] : nullptr;
        const void* const added = adds ? memory[has_bias ? 2 : 1] : nullptr;
        return device.kernels().launch(device.stream(), Kernel::pointwise, element, grid_for_each(task.count),
                                       task, memory[0], bias, added, memory[0]);
      });
}

}  // namespace ns::cudnn
