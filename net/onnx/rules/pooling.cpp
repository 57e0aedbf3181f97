#include "net/onnx/rules.hpp"
#include "net/onnx/rules/likeness.hpp"
#include "net/onnx/rules/window.hpp"

#include <array>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// An input of unknown rank has as many axes as the kernel needs.
Fact with_rank(const Fact& data, const Window& window) {
  return data.dims ? data : tensor(data.dtype, Dims(window.rank() + 2));
}

Result<Window> pool_window(const NodeView& node) {
  const auto given = node.integers("kernel_shape");
  if (given.empty())
    return node.fail("the attribute `kernel_shape` is missing; it gives the window's extents");
  return window_of(node, Dims(given.begin(), given.end()));
}

Result<void> infer_pool(NodeView& node, Layout layout) {
  const auto& data = node.in(0);
  const auto window = pool_window(node);
  if (!window) return tl::unexpected{window.error()};
  auto result = shaped(with_rank(data, *window), data.dtype, [&](const Dims& dims) -> Result<Dims> {
    auto image = image_of(node, dims, layout);
    if (!image) return tl::unexpected{image.error()};
    auto extents = slide(node, *window, image->extents);
    if (!extents) return extents;
    return dims_of({image->batch, image->channels, *std::move(extents)}, layout);
  });
  if (!result) return tl::unexpected{result.error()};
  node.out(1, like(*result, DType::int64));  // MaxPool: where each maximum stood
  node.out(0, *std::move(result));
  return {};
}

Result<void> infer_window_pool(NodeView& node) { return infer_pool(node, layout_of(node)); }
Result<void> infer_nhwc_pool(NodeView& node) { return infer_pool(node, Layout::channels_last); }

Result<void> infer_global_pool(NodeView& node) {
  const auto layout = layout_of(node);
  auto result = shaped(node.in(0), node.in(0).dtype, [&](const Dims& dims) -> Result<Dims> {
    auto image = image_of(node, dims, layout);
    if (!image) return tl::unexpected{image.error()};
    return dims_of({image->batch, image->channels, Dims(image->extents.size(), Extent{1})}, layout);
  });
  if (!result) return tl::unexpected{result.error()};
  node.out(0, *std::move(result));
  return {};
}

/// The inverse of a max pool; input 3 is the whole shape of the output where it is given.
Result<void> infer_unpool(NodeView& node) {
  const auto& data = node.in(0);
  const auto window = pool_window(node);
  if (!window) return tl::unexpected{window.error()};
  const auto input = with_rank(data, *window);
  if (node.has(2)) {
    const auto* shape = extents_of(node.in(2));
    Dims dims(window->rank() + 2);
    dims[0] = extent_at(input, 0);
    dims[1] = extent_at(input, 1);
    node.out(0, tensor(data.dtype, shape != nullptr ? *shape : dims));
    return {};
  }
  auto result = shaped(input, data.dtype, [&](const Dims& dims) -> Result<Dims> {
    auto image = image_of(node, dims, Layout::channels_first);
    if (!image) return tl::unexpected{image.error()};
    auto extents = spread(node, *window, image->extents);
    if (!extents) return extents;
    return dims_of({image->batch, image->channels, *std::move(extents)}, Layout::channels_first);
  });
  if (!result) return tl::unexpected{result.error()};
  node.out(0, *std::move(result));
  return {};
}

/// One pooled map per region: regions x channels x height x width.
Result<void> pool_regions(NodeView& node, const Extent& height, const Extent& width) {
  const auto& data = node.in(0);
  const auto& regions = node.in(1);
  const auto channels = extent_at(data, 1);
  auto result = tensor(data.dtype, Dims{extent_at(regions, 0), channels, height, width});
  const auto bound = bound_of(regions);
  if (regions.most && bound && !bound->empty() && channels.is_known())
    result.most = Dims{bound->front(), channels, height, width};
  node.out(0, std::move(result));
  return {};
}

Result<void> infer_max_roi_pool(NodeView& node) {
  const auto shape = node.integers("pooled_shape");
  if (shape.size() != 2) return node.fail("the attribute `pooled_shape` must hold height and width");
  return pool_regions(node, shape[0], shape[1]);
}

Result<void> infer_roi_align(NodeView& node) {
  return pool_regions(node, node.integer("output_height", 1), node.integer("output_width", 1));
}

}  // namespace

std::span<const OpRule> pooling_rules() {
  static constexpr std::array rules{
      OpRule{"", "MaxPool", &infer_window_pool, Work::window},
      OpRule{"", "AveragePool", &infer_window_pool, Work::window},
      OpRule{"", "LpPool", &infer_window_pool, Work::window},
      OpRule{"", "GlobalMaxPool", &infer_global_pool, Work::inputs},
      OpRule{"", "GlobalAveragePool", &infer_global_pool, Work::inputs},
      OpRule{"", "GlobalLpPool", &infer_global_pool, Work::inputs},
      OpRule{"", "MaxUnpool", &infer_unpool, Work::inputs},
      OpRule{"", "MaxRoiPool", &infer_max_roi_pool, Work::outputs},
      OpRule{"", "RoiAlign", &infer_roi_align, Work::outputs},
      OpRule{contrib, "NhwcMaxPool", &infer_nhwc_pool, Work::window},
      OpRule{contrib, "MaxpoolWithMask", &infer_window_pool, Work::window},
      OpRule{contrib, "QLinearAveragePool", &infer_window_pool, Work::window},
      OpRule{contrib, "QLinearGlobalAveragePool", &infer_global_pool, Work::inputs},
  };
  return rules;
}

}  // namespace ns::onnx
