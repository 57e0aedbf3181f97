#include "net/onnx/rules/likeness.hpp"
#include "net/onnx/rules/movement.hpp"
#include "net/onnx/rules/selection.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <utility>

namespace ns::onnx {
namespace {

/// Exporters write INT_MAX or INT64_MAX for "to the end": no extent is that large.
constexpr std::int64_t endless = std::numeric_limits<std::int32_t>::max();

/// One axis of a slice.
struct Cut {
  Extent begin;  // unknown extents where the file does not say
  Extent end;
  Extent step = 1;
};

/// What is taken of an axis: the first element, and how many.
struct Taken {
  Extent first;
  Extent count;
};

/// The specification's rule on numbers: numpy's, but for a backward slice that begins before the axis, which
/// begins at its first element; and as ONNX Runtime has it, an end of INT_MAX is the far end backward too.
Taken take(std::int64_t extent, std::int64_t begin, std::int64_t end, std::int64_t step) {
  const auto from_front = [&](std::int64_t index) { return index < 0 ? index + extent : index; };
  if (step > 0) {
    const auto first = std::clamp(from_front(begin), std::int64_t{0}, extent);
    const auto last = std::clamp(from_front(end), std::int64_t{0}, extent);
    const auto span = std::max(last - first, std::int64_t{0});
    return {first, Extent::ceil_quotient(span, step)};
  }
  if (extent == 0) return {0, 0};
  const auto first = std::clamp(from_front(begin), std::int64_t{0}, extent - 1);
  const auto last = end >= endless ? -1 : std::clamp(from_front(end), std::int64_t{-1}, extent - 1);
  const auto span = std::max(first - last, std::int64_t{0});
  return {first, Extent::ceil_quotient(span, Extent{0} - Extent{step})};
}

/// Where an end of a slice lies on an axis of which something is a symbol. Symbols stand for extents of at
/// least 1.
Extent place(const Extent& index, const Extent& extent) {
  if (index.is_unknown() || extent.is_unknown()) return {};
  if (!index.is_known()) return index.same_as(extent) ? extent : Extent::smaller(index, extent);
  const auto number = index.value();
  if (number >= endless) return extent;
  if (number <= -endless) return 0;
  if (number == 0 || (number == 1 && !extent.is_known())) return number;
  if (number == -1 && !extent.is_known()) return extent - 1;
  if (number < 0) return Extent::larger(extent + number, 0);
  return Extent::smaller(number, extent);
}

/// The same where something of the axis is symbolic or unknown.
Taken take(const Extent& extent, const Cut& cut) {
  if (!cut.step.is_known()) return {};
  if (cut.step.value() < 0) {
    // Only the common reversal of a whole axis.
    const bool whole = cut.step.value() == -1 && cut.begin.is_known() && cut.end.is_known() &&
                       (cut.begin.value() == -1 || cut.begin.value() >= endless) &&
                       (cut.end.value() <= -endless || cut.end.value() >= endless);
    return whole ? Taken{extent - 1, extent} : Taken{};
  }
  const auto first = place(cut.begin, extent);
  auto span = place(cut.end, extent) - first;
  if (span.is_known()) span = std::max(span.value(), std::int64_t{0});
  return {first, Extent::ceil_quotient(span, cut.step)};
}

Taken taken(const Extent& extent, const Cut& cut) {
  if (extent.is_known() && cut.begin.is_known() && cut.end.is_known() && cut.step.is_known())
    return take(extent.value(), cut.begin.value(), cut.end.value(), cut.step.value());
  return take(extent, cut);
}

/// Per axis of the input what is cut; nothing where not even the axes are known.
Result<std::optional<std::vector<std::optional<Cut>>>> cuts_of(const NodeView& node, std::size_t rank) {
  std::vector<std::optional<Cut>> cuts(rank);
  const auto starts = node.integers_or_input("starts", 1);
  const auto ends = node.integers_or_input("ends", 2);
  auto axes = node.integers_or_input("axes", 3);
  const auto steps = node.integers_or_input("steps", 4);
  const auto count = starts ? starts->size() : ends ? ends->size() : axes ? axes->size() : rank;
  if (!axes && !node.has(3)) {
    axes.emplace();
    if (!starts && !ends) return std::optional<std::vector<std::optional<Cut>>>{};
    for (std::size_t i = 0; i < count; ++i) axes->emplace_back(static_cast<std::int64_t>(i));
  }
  if (!axes || !all_known(*axes)) return std::optional<std::vector<std::optional<Cut>>>{};
  if ((starts && starts->size() != axes->size()) || (ends && ends->size() != axes->size()) ||
      (steps && steps->size() != axes->size()))
    return node.fail("starts, ends, axes and steps differ in their number of elements");
  for (std::size_t i = 0; i < axes->size(); ++i) {
    const auto axis = node.axis((*axes)[i].value(), rank);
    if (!axis) return tl::unexpected{axis.error()};
    Cut cut;
    if (starts) cut.begin = (*starts)[i];
    if (ends) cut.end = (*ends)[i];
    if (node.has(4)) cut.step = steps ? (*steps)[i] : Extent{};
    if (cut.step.is_known() && cut.step.value() == 0)
      return node.fail(fmt::format("the step of axis {} is 0", *axis));
    cuts[*axis] = std::move(cut);
  }
  return std::optional{std::move(cuts)};
}

}  // namespace

Result<void> slice(NodeView& node) {
  const auto& input = node.in(0);
  if (!input.dims) {
    node.out(0, tensor(input.dtype, std::nullopt));
    return {};
  }
  const auto& dims = *input.dims;
  const auto cuts = cuts_of(node, dims.size());
  if (!cuts) return tl::unexpected{cuts.error()};
  const auto largest = bound_of(input);
  if (!*cuts) {
    auto fact = tensor(input.dtype, Dims(dims.size()));
    fact.most = largest;
    node.out(0, std::move(fact));
    return {};
  }
  Dims extents = dims;
  std::vector<Taken> parts(dims.size());
  bool places_known = true;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    parts[axis] = {0, dims[axis]};
    if (const auto& cut = (**cuts)[axis]) parts[axis] = taken(dims[axis], *cut);
    extents[axis] = parts[axis].count;
    places_known = places_known && parts[axis].first.is_known();
  }
  if (!input.value || !places_known || !all_known(extents)) {
    auto fact = tensor(input.dtype, std::move(extents));
    // No axis becomes longer.
    if (largest && !all_known(*fact.dims)) {
      fact.most = largest;
      for (std::size_t axis = 0; axis < dims.size(); ++axis)
        if ((*fact.dims)[axis].is_known()) (*fact.most)[axis] = (*fact.dims)[axis];
    }
    node.out(0, std::move(fact));
    return {};
  }
  const auto strides = strides_of(dims);
  node.out(0, moved(input, std::move(extents), [&](std::span<const std::size_t> index) {
             std::size_t from = 0;
             for (std::size_t axis = 0; axis < index.size(); ++axis) {
               const auto& cut = (**cuts)[axis];
               const auto step = cut ? cut->step.value() : 1;
               const auto position =
                   parts[axis].first.value() + static_cast<std::int64_t>(index[axis]) * step;
               from += static_cast<std::size_t>(position) * strides[axis];
             }
             return from;
           }));
  return {};
}

}  // namespace ns::onnx
