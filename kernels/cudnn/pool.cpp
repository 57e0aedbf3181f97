#include "kernels/cudnn/descriptors.hpp"
#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"

namespace ns::cudnn {
namespace {

/// Whether cuDNN's windows are these: undilated, padded alike on both ends, none beyond the padding.
bool is_known(const Pool& layer, const WindowGeometry& window) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto padded = window.in[axis] + 2 * window.pad[axis] - window.kernel[axis];
    if (window.dilation[axis] != 1 || padded < 0 || padded / window.stride[axis] + 1 != window.out[axis])
      return false;
    if (layer.count_pad && window.pad[axis] != window.pad_end[axis]) return false;
  }
  return true;
}

cudnnPoolingMode_t mode_of(const Pool& layer) {
  if (layer.kind == Pool::Kind::max) return CUDNN_POOLING_MAX;
  return layer.count_pad ? CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING
                         : CUDNN_POOLING_AVERAGE_COUNT_EXCLUDE_PADDING;
}

struct PoolCall {
  PoolingDescriptor pooling;
  TensorDescriptor x;
  TensorDescriptor y;
};

Result<void> build_with_library(const Pool& layer, const WindowGeometry& window, Builder& plan) {
  const SpatialAxes axes = spatial_axes(plan.in());
  auto pooling =
      pooling_of(mode_of(layer), axes.of(window.kernel), axes.of(window.pad), axes.of(window.stride));
  if (!pooling) return tl::unexpected{std::move(pooling.error())};
  auto x =
      tensor_of(maps_of(window.batch, window.channels, axes.of(window.in)), {plan.real(), plan.layout()});
  if (!x) return tl::unexpected{std::move(x.error())};
  auto y =
      tensor_of(maps_of(window.batch, window.channels, axes.of(window.out)), {plan.real(), plan.layout()});
  if (!y) return tl::unexpected{std::move(y.error())};
  const auto call = std::make_shared<PoolCall>(PoolCall{std::move(*pooling), std::move(*x), std::move(*y)});
  plan.run(plan.layout() == Layout::nhwc ? "cudnn:pooling:nhwc" : "cudnn:pooling",
           {plan.read(0, plan.layout()), plan.write(0, plan.layout())},
           [&device = plan.device(), call](std::span<void* const> memory) {
             const float one = 1.0F;
             const float zero = 0.0F;
             return check(cudnnPoolingForward(device.dnn(), call->pooling.get(), &one, call->x.get(),
                                              memory[0], &zero, call->y.get(), memory[1]),
                          "cudnnPoolingForward");
           });
  return {};
}

PoolTask task_of(const Pool& layer, const WindowGeometry& window, Layout layout) {
  PoolTask task{};
  task.count = static_cast<unsigned>(window.batch * window.channels * window.out_plane());
  task.inner = layout == Layout::nhwc ? static_cast<int>(window.channels) : 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    task.in[axis] = static_cast<int>(window.in[axis]);
    task.out[axis] = static_cast<int>(window.out[axis]);
    task.kernel[axis] = static_cast<int>(window.kernel[axis]);
    task.stride[axis] = static_cast<int>(window.stride[axis]);
    task.dilation[axis] = static_cast<int>(window.dilation[axis]);
    task.pad[axis] = static_cast<int>(window.pad[axis]);
    task.pad_end[axis] = static_cast<int>(window.pad_end[axis]);
  }
  task.is_max = layer.kind == Pool::Kind::max ? 1 : 0;
  task.count_pad = layer.count_pad ? 1 : 0;
  return task;
}

}  // namespace

Result<void> build(const Pool& layer, Builder& plan) {
  const WindowGeometry window = window_of(layer, plan.in(), plan.out());
  // bfloat16 is none of the types that cuDNN documents for pools.
  if (is_known(layer, window) && plan.real() != Element::bfloat16)
    return build_with_library(layer, window, plan);
  plan.run("kernel:pool", {plan.read(0, plan.layout()), plan.write(0, plan.layout())},
           [&device = plan.device(), task = task_of(layer, window, plan.layout()),
            element = plan.real()](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), Kernel::pool, element, grid_for_each(task.count),
                                            task, memory[0], memory[1]);
           });
  return {};
}

}  // namespace ns::cudnn
