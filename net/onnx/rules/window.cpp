#include "net/onnx/rules/window.hpp"

#include "core/text.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <string_view>
#include <utility>

namespace ns::onnx {
namespace {

/// An attribute with one number per axis, at least `least`; `otherwise` everywhere if it is not there.
Result<std::vector<std::int64_t>> per_axis(const NodeView& node, std::string_view name, std::size_t count,
                                           std::int64_t otherwise, std::int64_t least) {
  const auto given = node.integers(name);
  if (given.empty()) return std::vector(count, otherwise);
  if (given.size() != count)
    return node.fail(
        fmt::format("the attribute `{}` has {}; it needs {}", name, counted(given.size(), "number"), count));
  if (const auto low = std::ranges::find_if(given, [&](auto each) { return each < least; });
      low != given.end())
    return node.fail(fmt::format("the attribute `{}` holds {}; it must be at least {}", name, *low, least));
  return std::vector(given.begin(), given.end());
}

Result<Window::Padding> padding_of(const NodeView& node) {
  const auto name = node.text("auto_pad", "NOTSET");
  if (name == "NOTSET" || name.empty()) return Window::Padding::given;
  if (name == "VALID") return Window::Padding::valid;
  if (name == "SAME_UPPER" || name == "SAME_LOWER") return Window::Padding::same;
  return node.fail(fmt::format("auto_pad is '{}'; it must be NOTSET, SAME_UPPER, SAME_LOWER or VALID", name));
}

/// Extent of one axis of the output of a sliding window.
Result<Extent> slid(const NodeView& node, const Window& window, std::size_t axis, const Extent& extent) {
  const Extent stride{window.strides[axis]};
  if (window.padding == Window::Padding::same) return Extent::ceil_quotient(extent, stride);
  const bool given = window.padding == Window::Padding::given;
  const Extent begin{given ? window.begins[axis] : 0};
  const Extent end{given ? window.ends[axis] : 0};
  const auto covered = window.covered(axis);
  const auto slack = begin + end - covered;  // one number, so that symbols stay simple
  const auto least =
      window.ceil ? 1 - window.strides[axis] : 0;  // rounded up, one window begins inside all the same
  if (const auto room = extent + slack; room.is_known() && room.value() < least) {
    if (extent.value() == 0) return Extent{0};
    return node.fail(fmt::format("on spatial axis {} the window covers {}, more than the padded input's {}",
                                 axis, to_string(covered), to_string(extent + begin + end)));
  }
  const auto reach = extent + (slack + stride);
  // With padding VALID the specification's formula rounds down whatever ceil_mode says; ONNX Runtime and
  // ONNX's own inference round up.
  if (!window.ceil) return Extent::floor_quotient(reach, stride);
  const auto count = Extent::ceil_quotient(reach, stride);
  if (!extent.is_known() || !count.is_known())
    return Extent{};  // whether the last window counts cannot be told
  const auto behind =
      (count - Extent{1}) * stride - (extent + begin);  // where the last window begins, from the end
  if (!behind.is_known()) return Extent{};
  return behind.value() >= 0 ? count - Extent{1} : count;
}

/// Extent of one axis of a transposed convolution's output where `output_shape` does not say it.
Extent spread_over(const Window& window, std::size_t axis, const Extent& extent, std::int64_t more) {
  const Extent stride{window.strides[axis]};
  const auto reach = window.covered(axis) + Extent{more};  // of a single input element
  if (window.padding == Window::Padding::same) {
    // Padded down to input x stride, and never up.
    const auto above = reach - stride;
    return above.is_known() ? extent * stride + Extent::smaller(above, Extent{0}) : Extent{};
  }
  const bool given = window.padding == Window::Padding::given;
  const auto padded = given ? Extent{window.begins[axis]} + Extent{window.ends[axis]} : Extent{0};
  return extent * stride + (reach - stride - padded);
}

}  // namespace

Extent Window::covered(std::size_t axis) const {
  return (kernel[axis] - Extent{1}) * Extent{dilations[axis]} + Extent{1};
}

Result<Window> window_of(const NodeView& node, Dims kernel) {
  Window window;
  const auto count = kernel.size();
  const auto padding = padding_of(node);
  auto strides = per_axis(node, "strides", count, 1, 1);
  auto dilations = per_axis(node, "dilations", count, 1, 1);
  // Negative pads crop; PyTorch exports them.
  auto pads = per_axis(node, "pads", 2 * count, 0, std::numeric_limits<std::int64_t>::min());
  if (!padding) return tl::unexpected{padding.error()};
  for (const auto* each : {&strides, &dilations, &pads})
    if (!*each) return tl::unexpected{each->error()};
  for (const auto& extent : kernel)
    if (extent.is_known() && extent.value() < 1)
      return node.fail(fmt::format("the kernel is {}; its extents must be positive", to_string(kernel)));
  const auto middle = pads->begin() + static_cast<std::ptrdiff_t>(count);
  window.kernel = std::move(kernel);
  window.strides = *std::move(strides);
  window.dilations = *std::move(dilations);
  window.begins.assign(pads->begin(), middle);
  window.ends.assign(middle, pads->end());
  window.padding = *padding;
  window.ceil = node.integer("ceil_mode", 0) != 0;
  return window;
}

Result<std::optional<Dims>> kernel_of(const NodeView& node, const std::optional<Dims>& weights) {
  const auto given = node.integers("kernel_shape");
  std::optional<Dims> kernel;
  if (weights && weights->size() >= 2) kernel = Dims{weights->begin() + 2, weights->end()};
  if (given.empty()) return kernel;
  Dims stated(given.begin(), given.end());
  if (!kernel) return std::optional{std::move(stated)};
  bool fits = kernel->size() == stated.size();
  for (std::size_t i = 0; fits && i < stated.size(); ++i) fits = !differ((*kernel)[i], stated[i]);
  if (fits) return std::optional{std::move(stated)};
  return node.fail(
      fmt::format("kernel_shape is {}, but the weights are {}", to_string(stated), to_string(*weights)));
}

Result<Dims> slide(const NodeView& node, const Window& window, const Dims& extents) {
  if (extents.size() != window.rank())
    return node.fail(fmt::format("the kernel {} has {}, the input has {} spatial ones",
                                 to_string(window.kernel), counted(window.rank(), "axis", "axes"),
                                 extents.size()));
  Dims output;
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    auto extent = slid(node, window, axis, extents[axis]);
    if (!extent) return tl::unexpected{extent.error()};
    output.push_back(*std::move(extent));
  }
  return output;
}

Result<Dims> spread(const NodeView& node, const Window& window, const Dims& extents) {
  if (extents.size() != window.rank())
    return node.fail(fmt::format("the kernel {} has {}, the input has {} spatial ones",
                                 to_string(window.kernel), counted(window.rank(), "axis", "axes"),
                                 extents.size()));
  // Some exporters write batch and channels into output_shape; ONNX Runtime takes the last numbers too.
  if (const auto given = node.integers("output_shape"); !given.empty()) {
    if (given.size() < extents.size())
      return node.fail(fmt::format("the attribute `output_shape` has {}; it needs {}",
                                   counted(given.size(), "number"), extents.size()));
    return Dims(given.end() - static_cast<std::ptrdiff_t>(extents.size()), given.end());
  }
  const auto more = per_axis(node, "output_padding", extents.size(), 0, 0);
  if (!more) return tl::unexpected{more.error()};
  Dims output;
  for (std::size_t axis = 0; axis < extents.size(); ++axis) {
    output.push_back(spread_over(window, axis, extents[axis], (*more)[axis]));
    if (output.back().is_known() && output.back().value() < 0)
      return node.fail(fmt::format("on spatial axis {} the pads cut away more than there is", axis));
  }
  return output;
}

Layout layout_of(const NodeView& node) {
  return node.integer("channels_last", 0) != 0 ? Layout::channels_last : Layout::channels_first;
}

Result<Image> image_of(const NodeView& node, const Dims& dims, Layout layout) {
  if (dims.size() < 2)
    return node.fail(
        fmt::format("input 1 is {}; it needs an axis of batch and one of channels", to_string(dims)));
  const auto channels = layout == Layout::channels_first ? 1 : dims.size() - 1;
  const auto begin = dims.begin() + (layout == Layout::channels_first ? 2 : 1);
  return Image{dims[0], dims[channels], Dims(begin, begin + static_cast<std::ptrdiff_t>(dims.size() - 2))};
}

Dims dims_of(Image image, Layout layout) {
  Dims dims{std::move(image.batch)};
  if (layout == Layout::channels_first) dims.push_back(image.channels);
  dims.insert(dims.end(), image.extents.begin(), image.extents.end());
  if (layout == Layout::channels_last) dims.push_back(image.channels);
  return dims;
}

}  // namespace ns::onnx
