#include "kernels/cudnn/epilogue.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/moves.hpp"
#include "kernels/cudnn/transposed.hpp"

namespace ns::cudnn {
namespace {

/// Whether a convolution with pads alike on both ends leads from the output back to the input.
bool leads_back_evenly(const WindowGeometry& window) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto reach = (window.kernel[axis] - 1) * window.dilation[axis] + 1;
    const auto padded = window.out[axis] + 2 * window.pad[axis] - reach;
    if (padded < 0 || padded / window.stride[axis] + 1 != window.in[axis]) return false;
  }
  return true;
}

/// All that the input spreads to, without pads.
WindowGeometry spread_of(WindowGeometry window) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    window.pad[axis] = 0;
    window.out[axis] =
        window.stride[axis] * (window.in[axis] - 1) + (window.kernel[axis] - 1) * window.dilation[axis] + 1;
  }
  return window;
}

/// The part of `spread` that the pads leave, and zeros behind it where the output goes on.
void append_crop(Builder& plan, const WindowGeometry& spread, const WindowGeometry& window, BufferId from,
                 BufferId to) {
  std::vector<std::int64_t> inside{window.batch * window.filters};
  std::vector<std::int64_t> outside = inside;
  std::vector<std::int64_t> pads{0};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    inside.push_back(spread.out[axis]);
    outside.push_back(window.out[axis]);
    pads.push_back(-window.pad[axis]);
  }
  append_pad(plan, from, to, inside, outside, pads, Pad{});
}

TransposedRequest request_of(const Deconv& layer, const WindowGeometry& window, SpatialAxes axes,
                             Element element) {
  TransposedRequest request;
  request.element = element;
  request.x = maps_of(window.batch, window.channels, axes.of(window.in));
  request.y = maps_of(window.batch, window.filters, axes.of(window.out));
  request.filters = maps_of(window.channels, window.filters / layer.groups, axes.of(window.kernel));
  request.pad = axes.list_of(window.pad);
  request.stride = axes.list_of(window.stride);
  request.dilation = axes.list_of(window.dilation);
  request.groups = layer.groups;
  return request;
}

}  // namespace

Result<void> build(const Deconv& layer, Builder& plan) {
  const WindowGeometry window = window_of(layer, plan.in(), plan.out());
  const bool even = leads_back_evenly(window);
  const WindowGeometry computed = even ? window : spread_of(window);
  const auto filters = plan.stored_weight(0);
  if (!filters) return tl::unexpected{filters.error()};
  const auto bias = plan.stored_weight_if(layer.bias, 1);
  if (!bias) return tl::unexpected{bias.error()};
  const auto chosen = TransposedConvolution::choose(
      plan.device(), request_of(layer, computed, spatial_axes(plan.in()), plan.real()));
  if (!chosen) return tl::unexpected{chosen.error()};
  const BufferId output = plan.write();
  const BufferId made =
      even ? output : plan.temporary(computed.batch * computed.filters * computed.out_plane());
  plan.run((*chosen)->implementation(),
           {plan.read(), *filters, plan.scratch((*chosen)->workspace_bytes()), made},
           [&device = plan.device(), call = *chosen](std::span<void* const> memory) {
             return call->run(device, memory[0], memory[1], memory[2], memory[3]);
           });
  if (!even) append_crop(plan, computed, window, made, output);
  append_epilogue(plan, epilogue_of(plan, *bias), output, window.filters, window.out_plane());
  return {};
}

}  // namespace ns::cudnn
