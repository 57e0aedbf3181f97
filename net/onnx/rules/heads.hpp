/// The extents of one attention, whatever form its inputs have.
#pragma once

#include "net/onnx/node_view.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <fmt/format.h>
#include <optional>

namespace ns::onnx {

struct Heads {
  Extent batch;
  Extent queries;     // heads of queries
  Extent groups;      // heads of keys and values
  Extent length;      // positions of queries
  Extent total;       // positions of keys, earlier ones included
  Extent head;        // extent of a key
  Extent value_head;  // extent of a value

  [[nodiscard]] Dims keys() const { return {batch, groups, total, head}; }
  [[nodiscard]] Dims values() const { return {batch, groups, total, value_head}; }
  [[nodiscard]] Dims scores() const { return {batch, queries, length, total}; }

  /// Of Q K^T and of its product with V.
  [[nodiscard]] std::optional<double> macs() const {
    return count_of({batch, queries, length, total, head + value_head});
  }
};

/// `extent` split into heads; bad_input where the count does not divide it, unknown where there is none.
inline Result<Extent> head_of(const NodeView& node, const Extent& extent, const Extent& heads,
                              std::size_t input) {
  if (heads.is_known() && heads.value() < 1) return Extent{};
  auto head = Extent::quotient(extent, heads);
  if (!head)
    return node.fail(fmt::format("input {} is {}; {} heads do not divide its last axis", input + 1,
                                 to_string(node.in(input).dims.value_or(Dims{})), to_string(heads)));
  return *std::move(head);
}

}  // namespace ns::onnx
