// Concat and Split.
#include "core/text.hpp"
#include "net/onnx/rules/likeness.hpp"
#include "net/onnx/rules/movement.hpp"
#include "net/onnx/rules/selection.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <type_traits>
#include <utility>

namespace ns::onnx {
namespace {

/// Values of the parts, one after another along the axis; null unless all have some of one kind.
ValuePtr joined_value(const std::vector<const Fact*>& parts, std::size_t axis, const Dims& dims) {
  const auto count = small_count(dims);
  if (!count || std::ranges::none_of(parts, [](const Fact* part) { return part->value != nullptr; }))
    return nullptr;
  std::vector<Value> values;
  for (const auto* part : parts) {
    if (!part->dims || !all_known(*part->dims)) return nullptr;
    if (part->value) {
      values.push_back(*part->value);
    } else {
      auto extents = extents_or_unknown(*part);
      if (!extents) return nullptr;
      values.emplace_back(*std::move(extents));
    }
    if (values.back().index() != values.front().index()) return nullptr;
  }
  std::size_t blocks = 1;
  for (std::size_t i = 0; i < axis; ++i) blocks *= static_cast<std::size_t>(dims[i].value());
  return std::visit(
      [&](const auto& first) -> ValuePtr {
        using Elements = std::decay_t<decltype(first)>;
        Elements made;
        made.reserve(*count);
        for (std::size_t block = 0; block < blocks; ++block)
          for (const auto& value : values) {
            const auto& elements = std::get<Elements>(value);
            const auto length = static_cast<std::ptrdiff_t>(elements.size() / blocks);
            const auto begin = elements.begin() + static_cast<std::ptrdiff_t>(block) * length;
            made.insert(made.end(), begin, begin + length);
          }
        return std::make_shared<const Value>(std::move(made));
      },
      values.front());
}

tl::unexpected<Error> misfit(const NodeView& node, std::size_t i, const Fact& part, const Fact& first,
                             std::size_t axis) {
  return node.fail(fmt::format("input {} is {}, input 1 is {}; they may differ only on axis {}", i + 1,
                               to_string(*part.dims), to_string(*first.dims), axis));
}

std::vector<const Fact*> inputs_of(const NodeView& node) {
  std::vector<const Fact*> parts;
  for (std::size_t i = 0; i < node.inputs(); ++i)
    if (node.has(i)) parts.push_back(&node.in(i));
  return parts;
}

}  // namespace

Result<Fact> joined(const NodeView& node, const std::vector<const Fact*>& parts, std::size_t axis) {
  const auto* const first =
      *std::ranges::find_if(parts, [](const Fact* part) { return part->dims.has_value(); });
  Dims dims = *first->dims;
  dims[axis] = 0;
  std::optional<DType> dtype;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& part = *parts[i];
    if (!dtype) dtype = part.dtype;
    if (!part.dims) {
      dims[axis] = Extent{};
      continue;
    }
    if (part.dims->size() != dims.size()) return misfit(node, i, part, *first, axis);
    for (std::size_t other = 0; other < dims.size(); ++other) {
      if (other == axis) continue;
      if (differ(dims[other], (*part.dims)[other])) return misfit(node, i, part, *first, axis);
      dims[other] = either(dims[other], (*part.dims)[other]);
    }
    dims[axis] = dims[axis] + (*part.dims)[axis];
  }
  auto fact = tensor(dtype, std::move(dims));
  if (all_known(*fact.dims)) fact.value = joined_value(parts, axis, *fact.dims);
  return fact;
}

Result<void> concat(NodeView& node) {
  const auto parts = inputs_of(node);
  const auto ranked = std::ranges::find_if(parts, [](const Fact* part) { return part->dims.has_value(); });
  if (ranked == parts.end()) {
    const auto typed = std::ranges::find_if(parts, [](const Fact* part) { return part->dtype.has_value(); });
    node.out(0, tensor(typed == parts.end() ? std::nullopt : (*typed)->dtype, std::nullopt));
    return {};
  }
  const auto axis = node.axis(node.integer("axis", 1), (*ranked)->dims->size());
  if (!axis) return tl::unexpected{axis.error()};
  auto fact = joined(node, parts, *axis);
  if (!fact) return tl::unexpected{std::move(fact.error())};
  node.out(0, *std::move(fact));
  return {};
}

Result<std::vector<Extent>> parts_of(const NodeView& node, const Extent& extent,
                                     const std::optional<std::vector<Extent>>& sizes, std::int64_t parts,
                                     std::size_t wanted) {
  if (sizes) {
    Extent sum = 0;
    for (const auto& size : *sizes) sum = sum + size;
    if (differ(sum, extent))
      return node.fail(fmt::format("the parts {} add up to {}; the axis has {}", to_string(*sizes),
                                   to_string(sum), to_string(extent)));
    return *sizes;
  }
  std::vector<Extent> made(wanted);
  if (wanted == 0) return made;
  const auto length = Extent::ceil_quotient(extent, parts);
  std::ranges::fill(made, length);
  if (extent.is_known() && length.is_known()) {
    auto left = extent.value();
    for (auto& part : made) {
      part = std::clamp(left, std::int64_t{0}, length.value());
      left -= std::min(left, length.value());
    }
  } else if (const auto exact = Extent::quotient(extent, parts);
             (!exact || exact->is_unknown()) && static_cast<std::int64_t>(wanted) == parts) {
    made.back() = extent - length * (parts - 1);
  }
  return made;
}

Fact part_of(const Fact& from, std::size_t axis, const Extent& offset, const Extent& extent) {
  Dims dims = *from.dims;
  dims[axis] = extent;
  if (!from.value || !offset.is_known() || !all_known(dims) || !all_known(*from.dims))
    return tensor(from.dtype, std::move(dims));
  const auto strides = strides_of(*from.dims);
  return moved(from, std::move(dims), [&](std::span<const std::size_t> index) {
    auto place = static_cast<std::size_t>(offset.value()) * strides[axis];
    for (std::size_t i = 0; i < index.size(); ++i) place += index[i] * strides[i];
    return place;
  });
}

Result<void> split(NodeView& node) {
  const auto& input = node.in(0);
  for (std::size_t i = 0; i < node.outputs(); ++i) node.out(i, tensor(input.dtype, std::nullopt));
  if (!input.dims) return {};
  const auto axis = node.axis(node.integer("axis", 0), input.dims->size());
  if (!axis) return tl::unexpected{axis.error()};
  auto sizes = node.integers_or_input("split", 1);
  if (!sizes && node.has(1)) sizes = std::vector<Extent>(node.outputs());
  const auto count = node.integer("num_outputs", static_cast<std::int64_t>(node.outputs()));
  if (count < static_cast<std::int64_t>(node.outputs()))
    return node.fail(fmt::format("num_outputs is {}, but {} named", count,
                                 counted(node.outputs(), "output is", "outputs are")));
  const auto parts = parts_of(node, (*input.dims)[*axis], sizes, count, node.outputs());
  if (!parts) return tl::unexpected{parts.error()};
  if (parts->size() < node.outputs())
    return node.fail(fmt::format("{} given for {}", counted(parts->size(), "part is", "parts are"),
                                 counted(node.outputs(), "output")));
  Extent offset = 0;
  for (std::size_t i = 0; i < node.outputs(); ++i) {
    node.out(i, part_of(input, *axis, offset, (*parts)[i]));
    offset = offset + (*parts)[i];
  }
  return {};
}

}  // namespace ns::onnx
