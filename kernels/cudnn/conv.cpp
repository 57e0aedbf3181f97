#include "kernels/cudnn/convolution.hpp"
#include "kernels/cudnn/epilogue.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/moves.hpp"

#include <algorithm>

namespace ns::cudnn {
namespace {

/// cuDNN pads both ends alike. Where the beginnings alone give the right output, windows that would reach
/// further do not exist, and it may.
bool is_even(const WindowGeometry& window) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto reach = (window.kernel[axis] - 1) * window.dilation[axis] + 1;
    const auto padded = window.in[axis] + 2 * window.pad[axis] - reach;
    if (padded < 0 || padded / window.stride[axis] + 1 != window.out[axis]) return false;
  }
  return true;
}

/// The input with its padding around it, in memory of its own; `window` is then without.
BufferId pad_apart(Builder& plan, WindowGeometry& window) {
  std::vector<std::int64_t> inside{window.batch * window.channels};
  std::vector<std::int64_t> outside = inside;
  std::vector<std::int64_t> pads{0};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    inside.push_back(window.in[axis]);
    window.in[axis] += window.pad[axis] + window.pad_end[axis];
    outside.push_back(window.in[axis]);
    pads.push_back(window.pad[axis]);
    window.pad[axis] = 0;
    window.pad_end[axis] = 0;
  }
  const BufferId padded = plan.temporary(window.batch * window.channels * window.in_plane());
  append_pad(plan, plan.read(), padded, inside, outside, pads, Pad{});
  return padded;
}

std::vector<std::int64_t> list_of(Extents extents) { return {extents.begin(), extents.end()}; }

ConvolutionRequest request_of(const Conv& layer, const WindowGeometry& window, SpatialAxes axes,
                              const Epilogue& epilogue, Element element) {
  ConvolutionRequest request;
  request.x = maps_of(window.batch, window.channels, axes.of(window.in));
  request.y = maps_of(window.batch, window.filters, axes.of(window.out));
  request.filters = maps_of(window.filters, window.channels / layer.groups, axes.of(window.kernel));
  request.pad = list_of(axes.of(window.pad));
  request.stride = list_of(axes.of(window.stride));
  request.dilation = list_of(axes.of(window.dilation));
  request.groups = layer.groups;
  request.element = element;
  request.has_bias = epilogue.bias.has_value();
  request.adds = epilogue.added.has_value();
  request.is_relu = epilogue.is_relu();
  request.may_fuse = !epilogue.is_empty() && (!epilogue.act || epilogue.is_relu());
  return request;
}

/// The bias, or zeros where one has to be given.
Result<std::optional<BufferId>> bias_of(const Conv& layer, Builder& plan) {
  if (layer.bias) {
    const auto bias = plan.stored_weight(layer.stored ? layer.quantisation.bias_slot() : 0);
    if (!bias) return tl::unexpected{bias.error()};
    return std::optional{*bias};
  }
  if (plan.config().epilogue.empty()) return std::optional<BufferId>{};
  const auto zeros =
      plan.constant(std::vector<float>(static_cast<std::size_t>(layer.filters), 0.0F), plan.real());
  if (!zeros) return tl::unexpected{zeros.error()};
  return std::optional{*zeros};
}

}  // namespace

Result<void> build(const Conv& layer, Builder& plan) {
  const SpatialAxes axes = spatial_axes(plan.in());
  WindowGeometry window = window_of(layer, plan.in(), plan.out());
  const auto bias = bias_of(layer, plan);
  if (!bias) return tl::unexpected{bias.error()};
  const Epilogue epilogue = epilogue_of(plan, *bias);
  const auto filters = layer.stored ? plan.stored_weight(0) : Result<BufferId>{plan.read(1)};
  if (!filters) return tl::unexpected{filters.error()};
  const BufferId x = is_even(window) ? plan.read() : pad_apart(plan, window);
  const auto chosen =
      Convolution::choose(plan.device(), request_of(layer, window, axes, epilogue, plan.real()));
  if (!chosen) return tl::unexpected{chosen.error()};
  const Convolution& convolution = **chosen;
  const BufferId y = plan.write();
  std::vector<BufferId> operands{x, *filters, plan.scratch(convolution.workspace_bytes()), y};
  const bool adds = convolution.is_fused() && epilogue.added;
  if (convolution.is_fused()) operands.push_back(*epilogue.bias);
  if (adds) operands.push_back(*epilogue.added);
  plan.run(convolution.implementation(), std::move(operands),
           [&device = plan.device(), call = *chosen, adds](std::span<void* const> memory) {
             Convolution::Memory place{memory[0], memory[1], nullptr, nullptr, memory[2], memory[3]};
             if (call->is_fused()) place.bias = memory[4];
             if (adds) place.added = memory[5];
             return call->run(device, place);
           });
  if (!convolution.is_fused()) append_epilogue(plan, epilogue, y, window.filters, window.out_plane());
  return {};
}

}  // namespace ns::cudnn
