// Gather and Scatter in all their forms.
#include "net/onnx/rules/likeness.hpp"
#include "net/onnx/rules/movement.hpp"
#include "net/onnx/rules/selection.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// An index counted from the front; nowhere if it is not known or outside.
std::size_t position(const Extent& index, const Extent& extent) {
  if (!index.is_known() || !extent.is_known()) return nowhere;
  const auto at = index.value() < 0 ? index.value() + extent.value() : index.value();
  return at >= 0 && at < extent.value() ? static_cast<std::size_t>(at) : nowhere;
}

std::size_t dot(std::span<const std::size_t> index, std::span<const std::size_t> strides) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < index.size() && i < strides.size(); ++i) sum += index[i] * strides[i];
  return sum;
}

/// Both inputs' dims known, and the elements of both as far as any are.
bool have_values(const Fact& data, const Fact& indices) {
  return data.value && extents_of(indices) != nullptr && all_known(*data.dims) && all_known(*indices.dims);
}

/// Where each index along `axis` points to in the data, for indices of the data's rank (GatherElements,
/// ScatterElements). Both have values.
std::optional<Sources> places_on_axis(const Fact& data, const Fact& indices, std::size_t axis) {
  const auto strides = strides_of(*data.dims);
  const auto index_strides = strides_of(*indices.dims);
  return sources_of(*indices.dims, [&](std::span<const std::size_t> index) {
    const auto at = position((*extents_of(indices))[dot(index, index_strides)], (*data.dims)[axis]);
    return at == nowhere ? nowhere : dot(index, strides) - index[axis] * strides[axis] + at * strides[axis];
  });
}

/// Where each element of `dims` stands in the data if the last axis of the indices names the data's first
/// axes (GatherND, ScatterND). Both have values.
std::optional<Sources> places_named(const Fact& data, const Fact& indices, const Dims& dims) {
  const auto strides = strides_of(*data.dims);
  const auto index_strides = strides_of(*indices.dims);
  const auto& elements = *extents_of(indices);
  const auto lead = indices.dims->size() - 1;
  const auto named = static_cast<std::size_t>(indices.dims->back().value());
  return sources_of(dims, [&](std::span<const std::size_t> index) {
    if (index.size() < lead) return nowhere;
    const auto begin = dot(index.first(lead), index_strides);
    auto place = dot(index.subspan(lead), std::span{strides}.subspan(named));
    for (std::size_t i = 0; i < named; ++i) {
      const auto at = begin + i < elements.size() ? position(elements[begin + i], (*data.dims)[i]) : nowhere;
      if (at == nowhere) return nowhere;
      place += at * strides[i];
    }
    return place;
  });
}

ValuePtr gathered(const Fact& data, const Fact& indices, std::size_t axis, const Dims& dims) {
  if (!have_values(data, indices)) return nullptr;
  const auto strides = strides_of(*data.dims);
  const auto index_strides = strides_of(*indices.dims);
  const auto& elements = *extents_of(indices);
  const auto rank = indices.dims->size();
  const auto places = sources_of(dims, [&](std::span<const std::size_t> index) {
    const auto at = position(elements[dot(index.subspan(axis, rank), index_strides)], (*data.dims)[axis]);
    if (at == nowhere) return nowhere;
    return dot(index.first(axis), strides) + at * strides[axis] +
           dot(index.subspan(axis + rank), std::span{strides}.subspan(axis + 1));
  });
  return places ? moved(data, *places) : nullptr;
}

}  // namespace

Result<void> gather(NodeView& node) {
  const auto& data = node.in(0);
  const auto& indices = node.in(1);
  if (!data.dims || !indices.dims) {
    node.out(0, tensor(data.dtype, std::nullopt));
    return {};
  }
  const auto axis = node.axis(node.integer("axis", 0), data.dims->size());
  if (!axis) return tl::unexpected{axis.error()};
  const auto at = data.dims->begin() + static_cast<std::ptrdiff_t>(*axis);
  Dims dims(data.dims->begin(), at);
  dims.insert(dims.end(), indices.dims->begin(), indices.dims->end());
  dims.insert(dims.end(), at + 1, data.dims->end());
  auto fact = tensor(data.dtype, std::move(dims));
  fact.value = gathered(data, indices, *axis, *fact.dims);
  node.out(0, std::move(fact));
  return {};
}

Result<void> gather_elements(NodeView& node) {
  const auto& data = node.in(0);
  const auto& indices = node.in(1);
  auto fact = tensor(data.dtype, indices.dims);
  if (data.dims && indices.dims) {
    const auto axis = node.axis(node.integer("axis", 0), data.dims->size());
    if (!axis) return tl::unexpected{axis.error()};
    if (data.dims->size() != indices.dims->size())
      return node.fail(fmt::format("the data is {}, the indices are {}; they must be of one rank",
                                   to_string(*data.dims), to_string(*indices.dims)));
    if (have_values(data, indices)) {
      if (const auto places = places_on_axis(data, indices, *axis)) fact.value = moved(data, *places);
    }
  }
  node.out(0, std::move(fact));
  return {};
}

Result<void> gather_nd(NodeView& node) {
  const auto& data = node.in(0);
  const auto& indices = node.in(1);
  node.out(0, tensor(data.dtype, std::nullopt));
  if (!data.dims || !indices.dims || indices.dims->empty()) return {};
  const auto depth = indices.dims->back().number();
  const auto batches = node.integer("batch_dims", 0);
  if (!depth) return {};
  const auto rank = static_cast<std::int64_t>(data.dims->size());
  if (*depth < 0 || batches < 0 || batches >= static_cast<std::int64_t>(indices.dims->size()) ||
      *depth > rank - batches)
    return node.fail(fmt::format("the indices are {} and name more axes than the data has, which is {}",
                                 to_string(*indices.dims), to_string(*data.dims)));
  Dims dims(indices.dims->begin(), indices.dims->end() - 1);
  dims.insert(dims.end(), data.dims->begin() + batches + *depth, data.dims->end());
  auto fact = tensor(data.dtype, std::move(dims));
  if (batches == 0 && have_values(data, indices)) {
    if (const auto places = places_named(data, indices, *fact.dims)) fact.value = moved(data, *places);
  }
  node.out(0, std::move(fact));
  return {};
}

namespace {

/// Elements of integer data of which some are replaced: `place` of each update, nowhere where it is not
/// known.
ValuePtr scattered(const NodeView& node, const Sources& places) {
  const auto& data = node.in(0);
  const auto* const old = extents_of(data);
  const auto updates = extents_or_unknown(node.in(2));
  const auto reduction = node.text("reduction", "none");
  if (old == nullptr || !updates || updates->size() != places.size()) return nullptr;
  auto made = *old;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (places[i] >= made.size()) return nullptr;
    made[places[i]] = reduction == "none" ? (*updates)[i] : Extent{};
  }
  return std::make_shared<const Value>(std::move(made));
}

}  // namespace

Result<void> scatter(NodeView& node) {
  const auto& data = node.in(0);
  const auto& indices = node.in(1);
  auto fact = like(data);
  if (data.dims && !data.dims->empty()) {
    const auto axis = node.axis(node.integer("axis", 0), data.dims->size());
    if (!axis) return tl::unexpected{axis.error()};
    if (indices.dims && indices.dims->size() == data.dims->size() && have_values(data, indices)) {
      if (const auto places = places_on_axis(data, indices, *axis)) fact.value = scattered(node, *places);
    }
  }
  node.out(0, std::move(fact));
  return {};
}

Result<void> scatter_nd(NodeView& node) {
  const auto& data = node.in(0);
  const auto& indices = node.in(1);
  const auto& updates = node.in(2);
  auto fact = like(data);
  const auto named = indices.dims && !indices.dims->empty() ? indices.dims->back().number() : std::nullopt;
  const bool fits =
      named && data.dims && *named >= 0 && *named <= static_cast<std::int64_t>(data.dims->size());
  if (fits && updates.dims && have_values(data, indices)) {
    if (const auto places = places_named(data, indices, *updates.dims)) fact.value = scattered(node, *places);
  }
  node.out(0, std::move(fact));
  return {};
}

}  // namespace ns::onnx
