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

/// The same behind padding in memory of its own.
WindowGeometry padded(WindowGeometry window) {
  for (std::size_t axis = 0; axis < 3; ++axis) {
    window.in[axis] += window.pad[axis] + window.pad_end[axis];
    window.pad[axis] = 0;
    window.pad_end[axis] = 0;
  }
  return window;
}

/// The input with its padding around it.
BufferId append_padding(Builder& plan, const WindowGeometry& window, Layout layout) {
  const auto extents = [&](const WindowGeometry::Extents& in) {
    return layout == Layout::nhwc
               ? std::vector<std::int64_t>{window.batch, in[0], in[1], in[2], window.channels}
               : std::vector<std::int64_t>{window.batch * window.channels, in[0], in[1], in[2]};
  };
  const auto inside = extents(window.in);
  std::vector<std::int64_t> pads(inside.size(), 0);
  std::copy(window.pad.begin(), window.pad.end(), pads.begin() + 1);
  const WindowGeometry behind = padded(window);
  const BufferId to = plan.temporary(behind.batch * behind.channels * behind.in_plane());
  append_pad(plan, plan.read(0, layout), to, inside, extents(behind.in), pads, Pad{});
  return to;
}

ConvolutionRequest request_of(const Conv& layer, const WindowGeometry& window, SpatialAxes axes,
                              const Epilogue& epilogue, Form form) {
  ConvolutionRequest request;
  request.x = maps_of(window.batch, window.channels, axes.of(window.in));
  request.y = maps_of(window.batch, window.filters, axes.of(window.out));
  request.filters = maps_of(window.filters, window.channels / layer.groups, axes.of(window.kernel));
  request.pad = axes.list_of(window.pad);
  request.stride = axes.list_of(window.stride);
  request.dilation = axes.list_of(window.dilation);
  request.groups = layer.groups;
  request.form = form;
  request.adds = epilogue.adds;
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

struct Choice {
  std::shared_ptr<const Convolution> call;
  Layout layout = Layout::nchw;
};

/// In the device's layout, or in the other where cuDNN has nothing in that one. Filters that are an input
/// stand as they arrive.
Result<Choice> choose(const Conv& layer, const WindowGeometry& window, const Epilogue& epilogue,
                      const Builder& plan) {
  const bool is_free = layer.stored && plan.in().rank() == 4;
  const auto request = [&](Layout layout) {
    return request_of(layer, window, spatial_axes(plan.in()), epilogue, {plan.real(), layout});
  };
  if (is_free && plan.device().selection().layout == Layout::nhwc) {
    auto chosen = Convolution::choose(plan.device(), request(Layout::nhwc));
    if (chosen) return Choice{std::move(*chosen), Layout::nhwc};
    if (chosen.error().code != Errc::unsupported) return tl::unexpected{std::move(chosen.error())};
  }
  auto chosen = Convolution::choose(plan.device(), request(Layout::nchw));
  if (!chosen) return tl::unexpected{std::move(chosen.error())};
  return Choice{std::move(*chosen), Layout::nchw};
}

/// Stored ones, each place with its channels side by side in nhwc.
Result<BufferId> filters_of(const Conv& layer, const WindowGeometry& window, Layout layout, Builder& plan) {
  if (!layer.stored) return plan.read(1);
  if (layout == Layout::nchw) return plan.stored_weight(0);
  const auto values = plan.weight(0);
  if (!values) return tl::unexpected{values.error()};
  const auto channels = static_cast<std::size_t>(window.channels / layer.groups);
  const auto taps = static_cast<std::size_t>(window.taps());
  std::vector<float> moved(values->size());
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const std::size_t filter = i / (taps * channels);
    moved[i] = (*values)[(filter * channels + i % channels) * taps + i / channels % taps];
  }
  return plan.constant(moved, plan.real());
}

}  // namespace

Result<void> build(const Conv& layer, Builder& plan) {
  if (layer.quantisation.is_integer()) return build_integer(layer, plan);
  const WindowGeometry window = window_of(layer, plan.in(), plan.out());
  const auto bias = bias_of(layer, plan);
  if (!bias) return tl::unexpected{bias.error()};
  Epilogue epilogue = epilogue_of(plan, *bias);
  const bool even = is_even(window);
  const auto choice = choose(layer, even ? window : padded(window), epilogue, plan);
  if (!choice) return tl::unexpected{choice.error()};
  const Layout layout = epilogue.layout = choice->layout;
  const auto filters = filters_of(layer, window, layout, plan);
  if (!filters) return tl::unexpected{filters.error()};
  const BufferId x = even ? plan.read(0, layout) : append_padding(plan, window, layout);
  const Convolution& convolution = *choice->call;
  const bool adds = convolution.is_fused() && epilogue.adds;
  const BufferId y = plan.write(0, layout);
  std::vector<BufferId> operands{x, *filters, plan.scratch(convolution.workspace_bytes()), y};
  if (convolution.is_fused()) operands.push_back(*epilogue.bias);
  if (adds) operands.push_back(plan.read(plan.inputs() - 1, layout));
  plan.run(convolution.implementation(), std::move(operands),
           [&device = plan.device(), call = choice->call, adds](std::span<void* const> memory) {
             Convolution::Memory place{memory[0], memory[1], nullptr, nullptr, memory[2], memory[3]};
             if (call->is_fused()) place.bias = memory[4];
             if (adds) place.added = memory[5];
             return call->run(device, place);
           });
  if (!convolution.is_fused())
    append_epilogue(plan, epilogue, y, window.filters, channel_run(plan.out(), layout));
  return {};
}

}  // namespace ns::cudnn
