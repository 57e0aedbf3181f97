// Operators that change what a tensor's shape is called, or order and repeat its elements.
#include "core/text.hpp"
#include "net/onnx/rules.hpp"
#include "net/onnx/rules/likeness.hpp"
#include "net/onnx/rules/movement.hpp"
#include "net/onnx/rules/reshape.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>

namespace ns::onnx {
namespace {

/// `index` counted from the end where it is negative, and kept within [0, rank].
std::size_t clamped(std::int64_t index, std::size_t rank) {
  const auto size = static_cast<std::int64_t>(rank);
  return static_cast<std::size_t>(std::clamp(index < 0 ? index + size : index, std::int64_t{0}, size));
}

Result<void> shape(NodeView& node) {
  const auto& input = node.in(0);
  if (!input.dims) {
    node.out(0, tensor(DType::int64, Dims{Extent{}}));
    return {};
  }
  const auto rank = input.dims->size();
  const auto begin = clamped(node.integer("start", 0), rank);
  const auto end = std::max(begin, clamped(node.integer("end", static_cast<std::int64_t>(rank)), rank));
  std::vector<Extent> extents(input.dims->begin() + static_cast<std::ptrdiff_t>(begin),
                              input.dims->begin() + static_cast<std::ptrdiff_t>(end));
  const auto count = static_cast<std::int64_t>(extents.size());
  node.out(0, integers(DType::int64, {count}, std::move(extents)));
  return {};
}

Result<void> size(NodeView& node) {
  const auto& input = node.in(0);
  node.out(0, integers(DType::int64, {}, {input.dims ? elements(*input.dims) : Extent{}}));
  return {};
}

Result<void> identity(NodeView& node) {
  node.out(0, node.in(0));
  return {};
}

Result<void> flatten(NodeView& node) {
  const auto& input = node.in(0);
  auto fact = tensor(input.dtype, Dims(2));
  if (input.dims) {
    const auto rank = static_cast<std::int64_t>(input.dims->size());
    auto axis = node.integer("axis", 1);
    if (axis < -rank || axis > rank)
      return node.fail(
          fmt::format("axis {} is not in [{}, {}] of a tensor of rank {}", axis, -rank, rank, rank));
    if (axis < 0) axis += rank;
    const auto middle = input.dims->begin() + axis;
    fact.dims = Dims{elements({input.dims->begin(), middle}), elements({middle, input.dims->end()})};
  }
  fact.value = input.value;
  node.out(0, std::move(fact));
  return {};
}

/// Which axes of a tensor of this rank are named; bad_input for one that is not there. All numbers known.
Result<std::vector<bool>> chosen(const NodeView& node, const std::vector<Extent>& axes, std::size_t rank) {
  std::vector<bool> chosen(rank, false);
  for (const auto& extent : axes) {
    const auto axis = node.axis(extent.value(), rank);
    if (!axis) return tl::unexpected{axis.error()};
    if (chosen[*axis]) return node.fail(fmt::format("axis {} is named twice", *axis));
    chosen[*axis] = true;
  }
  return chosen;
}

/// All axes of extent 1; nothing where an extent may be 1 or not.
std::optional<Dims> without_ones(const Dims& dims) {
  if (!all_known(dims)) return std::nullopt;
  Dims kept;
  std::ranges::copy_if(dims, std::back_inserter(kept),
                       [](const Extent& extent) { return extent.value() != 1; });
  return kept;
}

Result<void> squeeze(NodeView& node) {
  const auto& input = node.in(0);
  auto fact = tensor(input.dtype, std::nullopt);
  fact.value = input.value;
  const auto axes = node.integers_or_input("axes", 1);
  const bool has_axes = node.attribute("axes") != nullptr || node.has(1);
  if (!input.dims || (has_axes && !axes)) {
    node.out(0, std::move(fact));
    return {};
  }
  const auto& dims = *input.dims;
  if (!has_axes || axes->empty()) {
    fact.dims = without_ones(dims);
  } else if (!all_known(*axes)) {
    if (axes->size() <= dims.size()) fact.dims = Dims(dims.size() - axes->size());
  } else {
    const auto gone = chosen(node, *axes, dims.size());
    if (!gone) return tl::unexpected{gone.error()};
    Dims kept;
    for (std::size_t axis = 0; axis < dims.size(); ++axis) {
      if (!(*gone)[axis])
        kept.push_back(dims[axis]);
      else if (dims[axis].is_known() && dims[axis].value() != 1)
        return node.fail(fmt::format("input '{}' is {}; axis {} is not 1 and cannot be squeezed",
                                     node.input_name(0), to_string(dims), axis));
    }
    fact.dims = std::move(kept);
  }
  node.out(0, std::move(fact));
  return {};
}

Result<void> unsqueeze(NodeView& node) {
  const auto& input = node.in(0);
  auto fact = tensor(input.dtype, std::nullopt);
  fact.value = input.value;
  const auto axes = node.integers_or_input("axes", 1);
  if (input.dims && axes) {
    const auto rank = input.dims->size() + axes->size();
    if (all_known(*axes)) {
      const auto added = chosen(node, *axes, rank);
      if (!added) return tl::unexpected{added.error()};
      Dims dims;
      auto next = input.dims->begin();
      for (std::size_t axis = 0; axis < rank; ++axis) dims.push_back((*added)[axis] ? Extent{1} : *next++);
      fact.dims = std::move(dims);
    } else {
      fact.dims = Dims(rank);
    }
  }
  node.out(0, std::move(fact));
  return {};
}

Result<void> transpose(NodeView& node) {
  const auto& input = node.in(0);
  const auto given = node.integers("perm");
  if (!input.dims) {
    node.out(0, tensor(input.dtype, given.empty() ? std::nullopt : std::optional{Dims(given.size())}));
    return {};
  }
  const auto rank = input.dims->size();
  std::vector<std::size_t> order(rank);
  std::iota(order.rbegin(), order.rend(), std::size_t{0});
  if (!given.empty()) {
    if (given.size() != rank)
      return node.fail(fmt::format("perm has {}, input '{}' is {}", counted(given.size(), "axis", "axes"),
                                   node.input_name(0), to_string(*input.dims)));
    const auto once = chosen(node, {given.begin(), given.end()}, rank);
    if (!once) return tl::unexpected{once.error()};
    for (std::size_t i = 0; i < rank; ++i) order[i] = node.axis(given[i], rank).value();
  }
  Dims dims(rank);
  for (std::size_t i = 0; i < rank; ++i) dims[i] = (*input.dims)[order[i]];
  const auto strides = input.value ? strides_of(*input.dims) : std::vector<std::size_t>(rank);
  node.out(0, moved(input, std::move(dims), [&](std::span<const std::size_t> index) {
             std::size_t place = 0;
             for (std::size_t i = 0; i < index.size(); ++i) place += index[i] * strides[order[i]];
             return place;
           }));
  return {};
}

Result<void> expand(NodeView& node) {
  const auto& input = node.in(0);
  const auto target = node.integers_or_input("shape", 1);
  if (!input.dims || !target) {
    node.out(0, tensor(input.dtype, std::nullopt));
    return {};
  }
  auto dims = broadcast(*input.dims, *target);
  if (!dims)
    return node.fail(fmt::format("input '{}' is {} and cannot be expanded to {}", node.input_name(0),
                                 to_string(*input.dims), to_string(*target)));
  auto fact = tensor(input.dtype, *std::move(dims));
  if (input.value && small_count(*fact.dims)) fact.value = moved(input, sources(*input.dims, *fact.dims));
  node.out(0, std::move(fact));
  return {};
}

/// The factor on every axis; opset 1 names one axis and its factor. Nothing where not even their number is
/// known.
std::optional<std::vector<Extent>> repeats_of(const NodeView& node, std::size_t rank) {
  if (node.inputs() < 3) return node.integers_or_input("repeats", 1);
  const auto axis = scalar_of(node.in(2));
  const auto tiles = scalar_of(node.in(1));
  std::vector<Extent> repeats(rank, axis && axis->is_known() ? Extent{1} : Extent{});
  if (axis && axis->is_known() && axis->value() >= 0 && axis->value() < static_cast<std::int64_t>(rank))
    repeats[static_cast<std::size_t>(axis->value())] = tiles.value_or(Extent{});
  return repeats;
}

Result<void> tile(NodeView& node) {
  const auto& input = node.in(0);
  if (!input.dims) {
    node.out(0, tensor(input.dtype, std::nullopt));
    return {};
  }
  auto dims = *input.dims;
  const auto repeats = repeats_of(node, dims.size());
  if (repeats && repeats->size() != dims.size())
    return node.fail(fmt::format("{} given, input '{}' is {}",
                                 counted(repeats->size(), "repeat is", "repeats are"), node.input_name(0),
                                 to_string(dims)));
  for (std::size_t axis = 0; axis < dims.size(); ++axis)
    dims[axis] = repeats ? dims[axis] * (*repeats)[axis] : Extent{};
  const auto strides = input.value ? strides_of(*input.dims) : std::vector<std::size_t>(dims.size());
  node.out(0, moved(input, std::move(dims), [&](std::span<const std::size_t> index) {
             std::size_t place = 0;
             for (std::size_t i = 0; i < index.size(); ++i)
               place += index[i] % static_cast<std::size_t>((*input.dims)[i].value()) * strides[i];
             return place;
           }));
  return {};
}

}  // namespace

std::span<const OpRule> shaping_rules() {
  static constexpr std::array rows{
      OpRule{"", "Expand", expand},
      OpRule{"", "Flatten", flatten},
      OpRule{"", "Identity", identity},
      OpRule{"", "Reshape", reshape},
      OpRule{"", "Shape", shape},
      OpRule{"", "Size", size},
      OpRule{"", "Squeeze", squeeze},
      OpRule{"", "Tile", tile},
      OpRule{"", "Transpose", transpose},
      OpRule{"", "Unsqueeze", unsqueeze},
      OpRule{contrib, "Identity", identity},
  };
  return rows;
}

}  // namespace ns::onnx
