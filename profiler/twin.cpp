// A smaller layer of the same kind, so that the slow reference can judge it.
#include "profiler/verify.hpp"

#include <algorithm>
#include <functional>
#include <optional>

namespace ns {
namespace {

constexpr std::int64_t smallest_extent = 8;     // keeps more than one block of outputs per row
constexpr std::int64_t smallest_channels = 32;  // keeps the blocked layouts, which hold up to 16

/// Half of `extent`, a multiple of `unit`; nothing below `least`.
std::optional<std::int64_t> halved(std::int64_t extent, std::int64_t least, std::int64_t unit) {
  const auto half = extent / 2 / unit * unit;
  return half >= std::max(least, unit) ? std::optional{half} : std::nullopt;
}

bool halve_extents(LayerConfig& layer) {
  auto& shape = layer.inputs.front().shape;
  bool any = false;
  for (std::size_t axis = 2; axis < shape.rank(); ++axis)
    if (const auto half = halved(shape[axis], smallest_extent, 1)) {
      shape[axis] = *half;
      any = true;
    }
  return any;
}

bool halve_conv(LayerConfig& layer, Conv& conv) {
  auto& channels = layer.inputs.front().shape[1];
  if (conv.groups == channels) {  // depthwise: groups shrink with the channels
    const auto multiplier = conv.filters / conv.groups;
    const auto half = halved(channels, smallest_channels, 1);
    if (!half) return false;
    channels = conv.groups = *half;
    conv.filters = multiplier * *half;
    return true;
  }
  const auto fewer_channels = halved(channels, smallest_channels, conv.groups);
  const auto fewer_filters = halved(conv.filters, smallest_channels, conv.groups);
  if (fewer_channels) channels = *fewer_channels;
  if (fewer_filters) conv.filters = *fewer_filters;
  return fewer_channels || fewer_filters;
}

bool halve_local(LayerConfig& layer, Local& local) {
  auto& channels = layer.inputs.front().shape[1];
  const auto fewer_channels = halved(channels, 4, 1);
  const auto fewer_filters = halved(local.filters, 4, 1);
  if (fewer_channels) channels = *fewer_channels;
  if (fewer_filters) local.filters = *fewer_filters;
  return fewer_channels || fewer_filters;
}

bool halve_fc(LayerConfig& layer, Fc& fc) {
  auto& shape = layer.inputs.front().shape;
  const auto fewer_features = halved(fc.features, smallest_channels, 1);
  if (fewer_features) fc.features = *fewer_features;
  if (shape.rank() < 2) return fewer_features.has_value();
  const auto fewer_inputs = halved(shape[1], smallest_channels, 1);
  if (fewer_inputs) shape[1] = *fewer_inputs;
  return fewer_features || fewer_inputs;
}

bool halve_channels(LayerConfig& layer) {
  if (auto* conv = std::get_if<Conv>(&layer.params)) return halve_conv(layer, *conv);
  if (auto* local = std::get_if<Local>(&layer.params)) return halve_local(layer, *local);
  if (auto* fc = std::get_if<Fc>(&layer.params)) return halve_fc(layer, *fc);
  return false;
}

bool halve_rows(LayerConfig& layer) {
  auto& shape = layer.inputs.front().shape;
  if (shape.rank() < 2) return false;
  const auto half = halved(shape[0], 1, 1);
  if (half) shape[0] = *half;
  return half.has_value();
}

/// Filters that are an input follow the first one; second operands of epilogues have the type of the head's
/// output.
bool fit_others(LayerConfig& layer) {
  std::size_t own = 1;
  if (const auto* conv = std::get_if<Conv>(&layer.params); conv != nullptr && !conv->stored)
    layer.inputs[own++].shape = filter_shape(*conv, layer.inputs.front().shape);
  const auto outputs = output_types(
      layer.params, {layer.inputs.begin(), layer.inputs.begin() + static_cast<std::ptrdiff_t>(own)});
  if (!outputs) return false;
  for (auto i = own; i < layer.inputs.size(); ++i) layer.inputs[i] = outputs->front();
  return true;
}

}  // namespace

LayerConfig twin_of(const LayerConfig& layer, Macs most) {
  auto twin = layer;
  for (const auto halve : {halve_extents, halve_channels, halve_rows}) {
    while (true) {
      const auto whole = cost(twin);
      if (!whole || whole->macs <= most) return whole ? twin : layer;
      auto smaller = twin;
      if (!halve(smaller) || !fit_others(smaller) || !cost(smaller)) break;
      twin = std::move(smaller);
    }
  }
  return twin;
}

}  // namespace ns
