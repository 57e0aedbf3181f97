// Resize and Upsample: images made larger or smaller, by sizes or by scales.
#include "core/text.hpp"
#include "net/onnx/rules/arithmetic.hpp"
#include "net/onnx/rules/image.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <string_view>
#include <utility>

namespace ns::onnx {
namespace {

/// What an axis is multiplied by.
struct Scale {
  std::optional<float> number;
  Extent whole;  // where there is no number: a symbol, or unknown
};

/// Nothing where the number is not of 64 bits.
Extent extent_of(float number) {
  constexpr float most = 9e18F;
  return std::abs(number) < most ? Extent{static_cast<std::int64_t>(number)} : Extent{};
}

/// floor(extent x scale). In float, as ONNX Runtime multiplies: 706 x 0.31728044 may be 223 or 224, and a
/// net's other half was built on what its runtime made of it.
Extent scaled(const Extent& extent, const Scale& scale) {
  if (!scale.number) return extent * scale.whole;
  const float factor = *scale.number;
  if (extent.is_known()) return extent_of(static_cast<float>(extent.value()) * factor);
  // Of a symbol only what is exact in every arithmetic.
  constexpr float largest = 1e6F;
  if (factor >= 1.0F && factor <= largest && factor == std::trunc(factor))
    return extent * Extent{static_cast<std::int64_t>(factor)};
  int exponent = 0;
  const bool power_of_two = std::frexp(factor, &exponent) == 0.5F;
  const float divisor = 1.0F / factor;
  if (power_of_two && factor < 1.0F && divisor <= largest)
    return Extent::floor_quotient(extent, static_cast<std::int64_t>(divisor));
  return {};
}

/// The scales that a tensor holds, one for each of `count` axes; unknown ones where it is not known.
Result<std::vector<Scale>> scales_of(const NodeView& node, const Fact& fact, std::size_t count) {
  std::vector<Scale> scales;
  if (const auto* const numbers = reals_of(fact))
    for (const auto number : *numbers) scales.push_back({static_cast<float>(number), {}});
  else if (const auto wholes = wholes_of(fact))
    for (const auto& whole : *wholes)
      scales.push_back(whole.is_known() ? Scale{static_cast<float>(whole.value()), {}} : Scale{{}, whole});
  else
    scales.resize(count);
  if (scales.size() != count)
    return node.fail(fmt::format("{} given for {}; there must be one for each",
                                 counted(scales.size(), "scale is", "scales are"),
                                 counted(count, "axis", "axes")));
  for (const auto& scale : scales)
    if (scale.number && !(*scale.number > 0.0F))
      return node.fail(fmt::format("a scale is {}; it must be above 0", *scale.number));
  return scales;
}

/// Whether an optional input says nothing: it is left out, or it is an empty tensor, as opset 11 wanted it.
bool is_empty(const NodeView& node, std::size_t input) {
  if (!node.has(input)) return true;
  const auto& dims = node.in(input).dims;
  return dims && dims->size() == 1 && dims->front().same_as(0);
}

/// Sizes so that the axes keep their proportions: one factor for all, the smallest or largest of those that
/// the sizes ask for. Unknown where one of them is.
std::vector<Extent> in_proportion(const Dims& dims, const std::vector<std::size_t>& axes,
                                  std::vector<Extent> sizes, bool larger) {
  std::optional<float> factor;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto& extent = dims[axes[i]];
    if (!extent.is_known() || !sizes[i].is_known() || extent.value() == 0)
      return std::vector<Extent>(axes.size());
    const auto ratio = static_cast<float>(sizes[i].value()) / static_cast<float>(extent.value());
    factor = !factor ? ratio : larger ? std::max(*factor, ratio) : std::min(*factor, ratio);
  }
  for (std::size_t i = 0; i < axes.size(); ++i)
    sizes[i] = extent_of(std::round(*factor * static_cast<float>(dims[axes[i]].value())));
  return sizes;
}

Result<void> resize_to(const NodeView& node, Dims& dims, const std::vector<std::size_t>& axes) {
  const auto given = node.integers_or_input("", 3);
  auto sizes = given.value_or(std::vector<Extent>(axes.size()));
  if (sizes.size() != axes.size())
    return node.fail(fmt::format("{} given for {}; there must be one for each",
                                 counted(sizes.size(), "size is", "sizes are"),
                                 counted(axes.size(), "axis", "axes")));
  for (const auto& size : sizes)
    if (size.is_known() && size.value() < 0)
      return node.fail(fmt::format("a size is {}; it must not be below 0", size.value()));
  const auto policy = node.text("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch") sizes = in_proportion(dims, axes, std::move(sizes), policy == "not_smaller");
  for (std::size_t i = 0; i < axes.size(); ++i) dims[axes[i]] = sizes[i];
  return {};
}

Result<void> scale_by(const NodeView& node, const Fact& fact, Dims& dims,
                      const std::vector<std::size_t>& axes) {
  const auto scales = scales_of(node, fact, axes.size());
  if (!scales) return tl::unexpected{scales.error()};
  for (std::size_t i = 0; i < axes.size(); ++i) dims[axes[i]] = scaled(dims[axes[i]], (*scales)[i]);
  return {};
}

/// The dims of the input; where its rank is not known, as many unknown ones as there are sizes or scales.
std::optional<Dims> dims_before(const NodeView& node, std::size_t input) {
  if (node.in(0).dims) return node.in(0).dims;
  const auto& given = node.in(input).dims;
  if (node.attribute("axes") != nullptr || !given || given->size() != 1) return std::nullopt;
  const auto count = small_count(*given);
  return count ? std::optional{Dims(*count)} : std::nullopt;
}

}  // namespace

Result<std::vector<std::size_t>> listed_axes(const NodeView& node, std::size_t rank) {
  std::vector<std::size_t> axes(rank);
  std::iota(axes.begin(), axes.end(), std::size_t{0});
  if (node.attribute("axes") == nullptr) return axes;
  axes.clear();
  for (const auto number : node.integers("axes")) {
    const auto axis = node.axis(number, rank);
    if (!axis) return tl::unexpected{axis.error()};
    axes.push_back(*axis);
  }
  return axes;
}

/// Opset 10 has the scales as second input; later ones a region of interest, scales, and sizes. The region
/// says where samples are taken. The specification multiplies the scaled extents by its size too; neither
/// ONNX Runtime nor ONNX's own reference does.
Result<void> resize(NodeView& node) {
  const bool has_sizes = node.opset() > 10 && !is_empty(node, 3);
  const std::size_t given = has_sizes ? 3 : node.opset() > 10 ? 2 : 1;
  auto dims = dims_before(node, given);
  if (dims) {
    const auto axes = listed_axes(node, dims->size());
    if (!axes) return tl::unexpected{axes.error()};
    if (!has_sizes && is_empty(node, given))
      return node.fail("it has neither scales nor sizes; give it one of them");
    if (auto done = has_sizes ? resize_to(node, *dims, *axes) : scale_by(node, node.in(given), *dims, *axes);
        !done)
      return done;
  }
  node.out(0, tensor(node.in(0).dtype, std::move(dims)));
  return {};
}

/// Opset 1 scales the last two axes by an attribute each, opset 7 all by one, later ones by an input.
Result<void> upsample(NodeView& node) {
  const auto* const listed = node.attribute("scales");
  auto scales = listed != nullptr
                    ? reals(DType::float32, {static_cast<std::int64_t>(listed->reals.size())}, listed->reals)
                    : node.in(1);
  auto dims = dims_before(node, 1);
  if (dims && node.attribute("height_scale") != nullptr && dims->size() == 4)
    scales =
        reals(DType::float32, {4}, {1.0, 1.0, node.real("height_scale", 1.0), node.real("width_scale", 1.0)});
  if (dims) {
    const auto axes = listed_axes(node, dims->size());
    if (!axes) return tl::unexpected{axes.error()};
    if (auto done = scale_by(node, scales, *dims, *axes); !done) return done;
  }
  node.out(0, tensor(node.in(0).dtype, std::move(dims)));
  return {};
}

}  // namespace ns::onnx
