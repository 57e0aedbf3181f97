#include "kernels/cudnn/descriptors.hpp"
#include "kernels/cudnn/epilogue.hpp"
#include "kernels/cudnn/layers.hpp"

#include <array>
#include <optional>

namespace ns::cudnn {
namespace {

/// What cuDNN has a function for.
struct Mode {
  cudnnActivationMode_t mode;
  double coefficient;
};

std::optional<Mode> mode_of(const Act& layer) {
  constexpr double six = 6.0;
  switch (layer.kind) {
    case Act::Kind::relu:
      return Mode{CUDNN_ACTIVATION_RELU, 0.0};
    case Act::Kind::relu6:
      return Mode{CUDNN_ACTIVATION_CLIPPED_RELU, six};
    case Act::Kind::sigmoid:
      return Mode{CUDNN_ACTIVATION_SIGMOID, 0.0};
    case Act::Kind::tanh:
      return Mode{CUDNN_ACTIVATION_TANH, 0.0};
    case Act::Kind::elu:
      return Mode{CUDNN_ACTIVATION_ELU, layer.alpha};
    default:
      return {};
  }
}

struct ActCall {
  ActivationDescriptor activation;
  TensorDescriptor tensor;
};

Result<void> build_with_library(const Mode& mode, Builder& plan) {
  auto activation = activation_of(mode.mode, mode.coefficient);
  if (!activation) return tl::unexpected{std::move(activation.error())};
  const std::array<std::int64_t, 4> line{1, 1, 1, plan.out().elements()};
  auto tensor = tensor_of(line, {plan.real()});
  if (!tensor) return tl::unexpected{std::move(tensor.error())};
  const auto call = std::make_shared<ActCall>(ActCall{std::move(*activation), std::move(*tensor)});
  plan.run("cudnn:activation", {plan.read(0, plan.layout()), plan.write(0, plan.layout())},
           [&device = plan.device(), call](std::span<void* const> memory) {
             const float one = 1.0F;
             const float zero = 0.0F;
             return check(
                 cudnnActivationForward(device.dnn(), call->activation.get(), &one, call->tensor.get(),
                                        memory[0], &zero, call->tensor.get(), memory[1]),
                 "cudnnActivationForward");
           });
  return {};
}

Result<void> build_prelu(const Act& layer, Builder& plan) {
  const auto slopes = plan.stored_weight(0);
  if (!slopes) return tl::unexpected{slopes.error()};
  const Shape& shape = plan.in();
  const std::int64_t channels = layer.shared ? 1 : shape[1];
  const std::int64_t inner = layer.shared ? 1 : channel_run(shape, plan.layout());
  const PointwiseTask task = pointwise_task(layer, shape.elements(), channels, inner);
  plan.run("kernel:prelu", {plan.read(0, plan.layout()), *slopes, plan.write(0, plan.layout())},
           [&device = plan.device(), task, element = plan.real()](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), Kernel::prelu, element,
                                            grid_for_each(task.count), task, memory[0], memory[1], memory[2]);
           });
  return {};
}

}  // namespace

Result<void> build(const Act& layer, Builder& plan) {
  if (layer.kind == Act::Kind::prelu) return build_prelu(layer, plan);
  // Its calls for functions are documented for no 16-bit type but half; our own kernel has them all.
  if (const auto mode = mode_of(layer); mode && plan.real() == Element::float32)
    return build_with_library(*mode, plan);
  const PointwiseTask task = pointwise_task(layer, plan.out().elements(), 1, 1);
  plan.run("kernel:pointwise", {plan.read(0, plan.layout()), plan.write(0, plan.layout())},
           [&device = plan.device(), task, element = plan.out_element()](std::span<void* const> memory) {
             const void* const none = nullptr;
             return device.kernels().launch(device.stream(), Kernel::pointwise, element,
                                            grid_for_each(task.count), task, memory[0], none, none,
                                            memory[1]);
           });
  return {};
}

}  // namespace ns::cudnn
