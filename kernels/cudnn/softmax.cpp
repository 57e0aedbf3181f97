#include "kernels/cudnn/descriptors.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/ranks.hpp"

#include <array>

namespace ns::cudnn {

/// cuDNN's mode "channel" takes the softmax over the second axis at each place of the others, so the layer's
/// axis becomes the second.
Result<void> build(const Softmax& layer, Builder& plan) {
  const Shape& shape = plan.in();
  const RankTask task = rank_task(shape, layer.axis);
  if (layer.kind == Softmax::Kind::hard) {
    append_ranking(plan, Kernel::hardmax, "kernel:hardmax", task);
    return {};
  }
  const std::array<std::int64_t, 3> extents{task.lines / task.inner, task.extent, task.inner};
  auto made = tensor_of(extents, {plan.real()});
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto tensor = std::make_shared<TensorDescriptor>(std::move(*made));
  const auto algorithm = layer.kind == Softmax::Kind::log ? CUDNN_SOFTMAX_LOG : CUDNN_SOFTMAX_ACCURATE;
  plan.run("cudnn:softmax", {plan.read(), plan.write()},
           [&device = plan.device(), tensor, algorithm](std::span<void* const> memory) {
             const float one = 1.0F;
             const float zero = 0.0F;
             return check(cudnnSoftmaxForward(device.dnn(), algorithm, CUDNN_SOFTMAX_MODE_CHANNEL, &one,
                                              tensor->get(), memory[0], &zero, tensor->get(), memory[1]),
                          "cudnnSoftmaxForward");
           });
  return {};
}

}  // namespace ns::cudnn
