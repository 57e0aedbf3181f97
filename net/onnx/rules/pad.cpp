#include "core/text.hpp"
#include "net/onnx/rules/movement.hpp"
#include "net/onnx/rules/selection.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace ns::onnx {
namespace {

/// Values are not moved further than this, so that no index overflows.
constexpr std::int64_t most_pads = std::int64_t{1} << 32;

struct Pads {
  std::vector<Extent> begin;
  std::vector<Extent> end;
};

/// Axes that are padded, all by default; nothing where they are not known.
Result<std::optional<std::vector<std::size_t>>> axes_of(const NodeView& node, std::size_t rank) {
  std::vector<std::size_t> axes;
  if (!node.has(3)) {
    for (std::size_t axis = 0; axis < rank; ++axis) axes.push_back(axis);
    return std::optional{std::move(axes)};
  }
  const auto given = numbers_of(node.in(3));
  if (!given) return std::optional<std::vector<std::size_t>>{};
  for (const auto number : *given) {
    const auto axis = node.axis(number, rank);
    if (!axis) return tl::unexpected{axis.error()};
    axes.push_back(*axis);
  }
  return std::optional{std::move(axes)};
}

Result<Pads> pads_of(const NodeView& node, std::size_t rank) {
  Pads pads{std::vector<Extent>(rank, 0), std::vector<Extent>(rank, 0)};
  const Pads unknown{std::vector<Extent>(rank), std::vector<Extent>(rank)};
  // Opset 1 calls the attribute "paddings".
  const auto given = node.integers_or_input(node.attribute("paddings") != nullptr ? "paddings" : "pads", 1);
  const auto axes = axes_of(node, rank);
  if (!axes) return tl::unexpected{axes.error()};
  if (!*axes || !given) return unknown;
  const auto count = (*axes)->size();
  if (given->size() != 2 * count)
    return node.fail(fmt::format("{} given for {}; there must be two for each",
                                 counted(given->size(), "pad is", "pads are"),
                                 counted(count, "axis", "axes")));
  for (std::size_t i = 0; i < count; ++i) {
    pads.begin[(**axes)[i]] = (*given)[i];
    pads.end[(**axes)[i]] = (*given)[count + i];
  }
  return pads;
}

/// The index of the input that stands at `position` of an axis padded in this way; nothing: the constant.
std::optional<std::int64_t> inside(std::int64_t position, std::int64_t extent, std::string_view mode) {
  if (position >= 0 && position < extent) return position;
  if (extent <= 0 || mode == "constant") return std::nullopt;
  if (mode == "edge") return position < 0 ? 0 : extent - 1;
  if (mode == "wrap") return (position % extent + extent) % extent;
  if (extent == 1) return 0;
  const auto period = 2 * (extent - 1);
  const auto phase = (position % period + period) % period;
  return phase < extent ? phase : period - phase;
}

}  // namespace

Result<void> pad(NodeView& node) {
  const auto& input = node.in(0);
  if (!input.dims) {
    node.out(0, tensor(input.dtype, std::nullopt));
    return {};
  }
  auto dims = *input.dims;
  const auto pads = pads_of(node, dims.size());
  if (!pads) return tl::unexpected{pads.error()};
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    dims[axis] = dims[axis] + pads->begin[axis] + pads->end[axis];
    if (dims[axis].is_known() && dims[axis].value() < 0)
      return node.fail(fmt::format("input '{}' is {}; the pads take more of axis {} than there is",
                                   node.input_name(0), to_string(*input.dims), axis));
  }
  auto fact = tensor(input.dtype, std::move(dims));
  const auto mode = node.text("mode", "constant");
  const auto is_near = [](const Extent& extent) {
    return extent.is_known() && extent.value() > -most_pads && extent.value() < most_pads;
  };
  if (!input.value || !std::ranges::all_of(pads->begin, is_near) || !all_known(*fact.dims) ||
      (node.has(2) && !node.in(2).value)) {
    node.out(0, std::move(fact));
    return {};
  }
  const auto strides = strides_of(*input.dims);
  const auto places = sources_of(*fact.dims, [&](std::span<const std::size_t> index) {
    std::size_t place = 0;
    for (std::size_t axis = 0; axis < index.size(); ++axis) {
      const auto position = static_cast<std::int64_t>(index[axis]) - pads->begin[axis].value();
      const auto from = inside(position, (*input.dims)[axis].value(), mode);
      if (!from) return nowhere;
      place += static_cast<std::size_t>(*from) * strides[axis];
    }
    return place;
  });
  // Older versions hold another constant than 0 in the attribute `value`; it matters to no shape.
  if (places && node.real("value", 0.0) == 0.0) fact.value = moved(input, *places, node.in(2));
  node.out(0, std::move(fact));
  return {};
}

}  // namespace ns::onnx
