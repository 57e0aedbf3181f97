// Operators on images, and on the boxes that detectors find in them.
#include "net/onnx/rules/image.hpp"

#include "core/text.hpp"
#include "net/onnx/rules.hpp"
#include "net/onnx/rules/arithmetic.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace ns::onnx {
namespace {

Result<void> wrong_rank(const NodeView& node, std::size_t input, std::string_view wanted) {
  return node.fail(fmt::format("input {} is {}; it must be {}", input + 1,
                               to_string(node.in(input).dims.value_or(Dims{})), wanted));
}

/// X is NxCx..., the grid Nx(extents of the output)x(axes): samples of X at the places that the grid says.
Result<void> grid_sample(NodeView& node) {
  const auto& image = node.in(0);
  const auto& grid = node.in(1);
  if (image.dims && image.dims->size() < 3) return wrong_rank(node, 0, "NxC with spatial axes behind");
  if (image.dims && grid.dims && image.dims->size() != grid.dims->size())
    return node.fail(fmt::format("input 1 is {}, input 2 is {}; both must have as many axes",
                                 to_string(*image.dims), to_string(*grid.dims)));
  const auto rank = image.dims ? image.rank() : grid.rank();
  if (!rank || *rank < 3) {
    node.out(0, tensor(image.dtype, std::nullopt));
    return {};
  }
  Dims dims(*rank);
  dims[0] = either(extent_at(image, 0), extent_at(grid, 0));
  dims[1] = extent_at(image, 1);
  for (std::size_t axis = 2; axis < *rank; ++axis) dims[axis] = extent_at(grid, axis - 1);
  node.out(0, tensor(image.dtype, std::move(dims)));
  return {};
}

/// Theta is Nx2x3 or Nx3x4; `size` is NCHW or NCDHW. The grid has a position for each place of an image.
Result<void> affine_grid(NodeView& node) {
  const auto& theta = node.in(0);
  if (theta.dims && theta.dims->size() != 3) return wrong_rank(node, 0, "Nx2x3 or Nx3x4");
  const auto size = node.integers_or_input("", 1);
  if (size && size->size() != 4 && size->size() != 5)
    return node.fail(
        fmt::format("the size has {} numbers; there must be 4 (NCHW) or 5 (NCDHW)", size->size()));
  const auto axes =
      size ? std::optional{static_cast<std::int64_t>(size->size()) - 2} : extent_at(theta, 1).number();
  const bool fits = axes && (*axes == 2 || *axes == 3);
  if (!fits) {
    node.out(0, tensor(theta.dtype, std::nullopt));
    return {};
  }
  Dims dims{either(extent_at(theta, 0), size ? size->front() : Extent{})};
  for (std::int64_t axis = 0; axis < *axes; ++axis)
    dims.push_back(size ? (*size)[static_cast<std::size_t>(axis) + 2] : Extent{});
  dims.emplace_back(*axes);
  node.out(0, tensor(theta.dtype, std::move(dims)));
  return {};
}

/// NCHW and a block that divides or multiplies its extents.
Result<std::optional<std::int64_t>> block_of(const NodeView& node) {
  const auto& dims = node.in(0).dims;
  if (!dims) return std::optional<std::int64_t>{};
  constexpr std::int64_t largest = 1 << 20;
  const auto block = node.integer("blocksize", 0);
  if (block < 1 || block > largest)
    return node.fail(fmt::format("the attribute `blocksize` is {}; it must be at least 1", block));
  if (dims->size() != 4) return node.fail(fmt::format("input 1 is {}; it must be NxCxHxW", to_string(*dims)));
  return std::optional{block};
}

Result<Extent> part(const NodeView& node, std::size_t axis, std::int64_t divisor) {
  const auto& dims = *node.in(0).dims;
  auto extent = Extent::quotient(dims[axis], divisor);
  if (!extent)
    return node.fail(fmt::format("input 1 is {}; {} does not divide its axis {}, blocksize is {}",
                                 to_string(dims), divisor, axis, node.integer("blocksize", 0)));
  return *std::move(extent);
}

Result<void> depth_to_space(NodeView& node) {
  const auto block = block_of(node);
  if (!block) return tl::unexpected{block.error()};
  auto dims = node.in(0).dims;
  if (*block) {
    auto depth = part(node, 1, **block * **block);
    if (!depth) return tl::unexpected{depth.error()};
    dims = Dims{(*dims)[0], *std::move(depth), (*dims)[2] * **block, (*dims)[3] * **block};
  }
  node.out(0, tensor(node.in(0).dtype, std::move(dims)));
  return {};
}

Result<void> space_to_depth(NodeView& node) {
  const auto block = block_of(node);
  if (!block) return tl::unexpected{block.error()};
  auto dims = node.in(0).dims;
  if (*block) {
    auto height = part(node, 2, **block);
    if (!height) return tl::unexpected{height.error()};
    auto width = part(node, 3, **block);
    if (!width) return tl::unexpected{width.error()};
    dims = Dims{(*dims)[0], (*dims)[1] * (**block * **block), *std::move(height), *std::move(width)};
  }
  node.out(0, tensor(node.in(0).dtype, std::move(dims)));
  return {};
}

/// Boxes are BxNx4, scores BxCxN. As many rows as boxes are left: at most so many of each class in each
/// image as input 3 says (none by default), and not more than there are.
Result<void> non_max_suppression(NodeView& node) {
  const auto& boxes = node.in(0);
  const auto& scores = node.in(1);
  if (boxes.dims && boxes.dims->size() != 3) return wrong_rank(node, 0, "images x boxes x 4");
  if (scores.dims && scores.dims->size() != 3) return wrong_rank(node, 1, "images x classes x boxes");
  const auto images = either(extent_at(boxes, 0), extent_at(scores, 0));
  const auto count = either(extent_at(boxes, 1), extent_at(scores, 2));
  const auto limit = node.has(2) ? scalar_of(node.in(2)).value_or(Extent{}) : Extent{0};
  auto each = count;
  if (limit.is_known()) each = Extent::smaller(Extent::larger(limit, 0), count);
  if (limit.is_known() && count.is_unknown()) each = Extent::larger(limit, 0);
  const auto most = images * extent_at(scores, 1) * each;
  Fact fact = tensor(DType::int64, Dims{each.same_as(0) ? Extent{0} : Extent{}, 3});
  fact.on_data = !each.same_as(0);
  if (most.is_known() && fact.on_data) fact.most = Dims{most, 3};
  node.out(0, std::move(fact));
  return {};
}

/// The axes get the extents that input 2 says.
Result<void> center_crop_pad(NodeView& node) {
  const auto& input = node.in(0);
  auto dims = input.dims;
  const auto shape = node.integers_or_input("", 1);
  if (!dims && shape && node.attribute("axes") == nullptr) dims = Dims(shape->size());
  if (dims) {
    const auto axes = listed_axes(node, dims->size());
    if (!axes) return tl::unexpected{axes.error()};
    if (shape && shape->size() != axes->size())
      return node.fail(fmt::format("the shape has {} for {}; there must be one for each",
                                   counted(shape->size(), "number"), counted(axes->size(), "axis", "axes")));
    for (std::size_t i = 0; i < axes->size(); ++i) (*dims)[(*axes)[i]] = shape ? (*shape)[i] : Extent{};
  }
  node.out(0, tensor(input.dtype, std::move(dims)));
  return {};
}

/// The bytes of a file; nothing unless all are known.
std::optional<std::string> bytes_of(const Fact& fact) {
  const auto numbers = numbers_of(fact);
  if (!numbers) return std::nullopt;
  std::string bytes;
  bytes.reserve(numbers->size());
  for (const auto number : *numbers) bytes += static_cast<char>(number);
  return bytes;
}

Result<void> image_decoder(NodeView& node) {
  const auto channels = node.text("pixel_format", "RGB") == "Grayscale" ? 1 : 3;
  Fact fact = tensor(DType::uint8, Dims{Extent{}, Extent{}, channels});
  fact.on_data = true;
  if (const auto bytes = bytes_of(node.in(0)))
    if (const auto picture = picture_of(*bytes))
      fact = tensor(DType::uint8, Dims{picture->height, picture->width, channels});
  node.out(0, std::move(fact));
  return {};
}

/// com.microsoft: one piece of the image for each region, all of one size.
Result<void> crop_and_resize(NodeView& node) {
  const auto size = node.integers_or_input("", 3);
  const auto pick = [&](std::size_t i) { return size && size->size() == 2 ? (*size)[i] : Extent{}; };
  node.out(0, tensor(node.in(0).dtype,
                     Dims{extent_at(node.in(1), 0), extent_at(node.in(0), 1), pick(0), pick(1)}));
  return {};
}

}  // namespace

std::span<const OpRule> image_rules() {
  static constexpr std::array rules{
      OpRule{"", "Resize", &resize, Work::outputs},
      OpRule{"", "Upsample", &upsample, Work::outputs},
      OpRule{"", "GridSample", &grid_sample, Work::outputs},
      OpRule{"", "AffineGrid", &affine_grid, Work::outputs},
      OpRule{"", "DepthToSpace", &depth_to_space},
      OpRule{"", "SpaceToDepth", &space_to_depth},
      OpRule{"", "NonMaxSuppression", &non_max_suppression, Work::inputs},
      OpRule{"", "CenterCropPad", &center_crop_pad},
      OpRule{"", "ImageDecoder", &image_decoder},
      OpRule{contrib, "GridSample", &grid_sample, Work::outputs},
      OpRule{contrib, "CropAndResize", &crop_and_resize, Work::outputs},
  };
  return rules;
}

}  // namespace ns::onnx
