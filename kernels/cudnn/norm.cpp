#include "kernels/cudnn/descriptors.hpp"
#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"

#include <cmath>

namespace ns::cudnn {
namespace {

struct LrnCall {
  LrnDescriptor lrn;
  TensorDescriptor tensor;
};

/// cuDNN divides alpha by the number of channels, as the layer does (cudnnSetLRNDescriptor).
Result<void> build_across(const Norm& layer, Builder& plan) {
  const Shape& shape = plan.in();
  auto lrn = lrn_of(static_cast<unsigned>(layer.size), layer.alpha, layer.beta, layer.k);
  if (!lrn) return tl::unexpected{std::move(lrn.error())};
  const std::array<std::int64_t, 3> extents{shape[0], shape[1], shape.elements(2, shape.rank())};
  auto tensor = tensor_of(extents, {plan.real()});
  if (!tensor) return tl::unexpected{std::move(tensor.error())};
  const auto call = std::make_shared<LrnCall>(LrnCall{std::move(*lrn), std::move(*tensor)});
  plan.run("cudnn:lrn", {plan.read(), plan.write()},
           [&device = plan.device(), call](std::span<void* const> memory) {
             const float one = 1.0F;
             const float zero = 0.0F;
             return check(cudnnLRNCrossChannelForward(device.dnn(), call->lrn.get(),
                                                      CUDNN_LRN_CROSS_CHANNEL_DIM1, &one, call->tensor.get(),
                                                      memory[0], &zero, call->tensor.get(), memory[1]),
                          "cudnnLRNCrossChannelForward");
           });
  return {};
}

void build_within(const Norm& layer, Builder& plan) {
  const Shape& shape = plan.in();
  const WithinTask task{static_cast<unsigned>(shape.elements()),
                        static_cast<int>(shape[2]),
                        static_cast<int>(shape[3]),
                        static_cast<int>(layer.size),
                        static_cast<float>(layer.alpha),
                        static_cast<float>(layer.beta),
                        static_cast<float>(layer.k)};
  plan.run("kernel:lrn_within", {plan.read(), plan.write()},
           [&device = plan.device(), task, element = plan.real()](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), Kernel::lrn_within, element,
                                            grid_for_each(task.count), task, memory[0], memory[1]);
           });
}

/// y = x * scale + shift by channel.
void append_affine(Builder& plan, BufferId scale, std::optional<BufferId> shift) {
  const Shape& shape = plan.in();
  const AffineTask task{static_cast<unsigned>(shape.elements()), static_cast<unsigned>(shape[1]),
                        static_cast<unsigned>(channel_run(shape, plan.layout()))};
  std::vector<BufferId> operands{plan.read(0, plan.layout()), plan.write(0, plan.layout()), scale};
  if (shift) operands.push_back(*shift);
  plan.run("kernel:affine", std::move(operands),
           [&device = plan.device(), task, element = plan.real(),
            shifts = shift.has_value()](std::span<void* const> memory) {
             const void* const summand = shifts ? memory[3] : nullptr;
             return device.kernels().launch(device.stream(), Kernel::affine, element,
                                            grid_for_each(task.count), task, memory[0], memory[2], summand,
                                            memory[1]);
           });
}

Result<void> build_scale(const Norm& layer, Builder& plan) {
  const auto scale = plan.stored_weight(0, Element::float32);
  if (!scale) return tl::unexpected{scale.error()};
  const auto shift = plan.stored_weight_if(layer.bias, 1, Element::float32);
  if (!shift) return tl::unexpected{shift.error()};
  append_affine(plan, *scale, *shift);
  return {};
}

/// Statistics that stay are one factor and one summand per channel, known when the plan is built; cuDNN's
/// call for it reads twice as many values for the same result.
Result<void> build_batch(const Norm& layer, Builder& plan) {
  std::vector<std::vector<float>> stored;
  const std::size_t slots = 2 + (layer.affine ? 2U : 0U) + (layer.factor ? 1U : 0U);
  for (std::size_t slot = 0; slot < slots; ++slot) {
    auto values = plan.weight(slot);
    if (!values) return tl::unexpected{std::move(values.error())};
    stored.push_back(std::move(*values));
  }
  const double sum = layer.factor ? static_cast<double>(stored.back().front()) : 1.0;
  const double factor = sum == 0.0 ? 0.0 : 1.0 / sum;
  std::vector<float> scale(stored[0].size());
  std::vector<float> shift(scale.size());
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const double deviation = std::sqrt(static_cast<double>(stored[1][c]) * factor + layer.epsilon);
    const double by = (layer.affine ? static_cast<double>(stored[2][c]) : 1.0) / deviation;
    scale[c] = static_cast<float>(by);
    shift[c] = static_cast<float>((layer.affine ? static_cast<double>(stored[3][c]) : 0.0) -
                                  static_cast<double>(stored[0][c]) * factor * by);
  }
  const auto scales = plan.constant(scale, Element::float32);
  if (!scales) return tl::unexpected{scales.error()};
  const auto shifts = plan.constant(shift, Element::float32);
  if (!shifts) return tl::unexpected{shifts.error()};
  append_affine(plan, *scales, *shifts);
  return {};
}

/// layer, rms, instance, group: lines of values, each normalised for itself.
LinesTask lines_task(const Norm& layer, const Shape& shape) {
  LinesTask task{};
  task.centred = layer.kind == Norm::Kind::rms ? 0 : 1;
  task.epsilon = static_cast<float>(layer.epsilon);
  if (layer.kind == Norm::Kind::layer || layer.kind == Norm::Kind::rms) {
    task.count = static_cast<unsigned>(shape.elements(static_cast<std::size_t>(layer.axis), shape.rank()));
    task.per_weight = 1;
    task.weights = task.count;
  } else {
    const auto plane = shape.elements(2, shape.rank());
    const auto parts = layer.kind == Norm::Kind::instance ? shape[1] : layer.groups;
    task.count = static_cast<unsigned>(shape[1] / parts * plane);
    task.per_weight = static_cast<unsigned>(plane);
    task.weights = static_cast<unsigned>(shape[1]);
  }
  task.lines = static_cast<unsigned>(shape.elements()) / task.count;
  return task;
}

Result<void> build_lines(const Norm& layer, Builder& plan) {
  std::vector<BufferId> operands{plan.read(), plan.write()};
  const bool shifts = layer.affine && layer.bias;
  for (std::size_t slot = 0; layer.affine && slot < (shifts ? 2U : 1U); ++slot) {
    const auto stored = plan.stored_weight(slot, Element::float32);
    if (!stored) return tl::unexpected{stored.error()};
    operands.push_back(*stored);
  }
  plan.run("kernel:lines", std::move(operands),
           [&device = plan.device(), task = lines_task(layer, plan.in()), element = plan.real(),
            scales = layer.affine, shifts](std::span<void* const> memory) {
             const void* const scale = scales ? memory[2] : nullptr;
             const void* const shift = shifts ? memory[3] : nullptr;
             return device.kernels().launch(device.stream(), Kernel::lines, element,
                                            grid_of_lines(task.lines, task.count), task, memory[0], scale,
                                            shift, memory[1]);
           });
  return {};
}

}  // namespace

Result<void> build(const Norm& layer, Builder& plan) {
  switch (layer.kind) {
    case Norm::Kind::lrn:
      return build_across(layer, plan);
    case Norm::Kind::lrn_within:
      build_within(layer, plan);
      return {};
    case Norm::Kind::batch:
      return build_batch(layer, plan);
    case Norm::Kind::scale:
      return build_scale(layer, plan);
    case Norm::Kind::layer:
    case Norm::Kind::rms:
    case Norm::Kind::instance:
    case Norm::Kind::group:
      return build_lines(layer, plan);
  }
  return {};
}

}  // namespace ns::cudnn
