/// Operators that take elements from, or put them into, places of a tensor: what rules/selection.cpp lists
/// and other files hold.
#pragma once

#include "net/onnx/node_view.hpp"

namespace ns::onnx {

// slice.cpp
Result<void> slice(NodeView& node);
// pad.cpp
Result<void> pad(NodeView& node);
// joining.cpp
Result<void> concat(NodeView& node);
Result<void> split(NodeView& node);
/// Extents of the parts of one axis: by the given sizes, else the first `wanted` of `parts` equal ones, the
/// last smaller.
Result<std::vector<Extent>> parts_of(const NodeView& node, const Extent& extent,
                                     const std::optional<std::vector<Extent>>& sizes, std::int64_t parts,
                                     std::size_t wanted);
/// The part of `from` that begins at `offset` of `axis`.
Fact part_of(const Fact& from, std::size_t axis, const Extent& offset, const Extent& extent);
/// Tensors one after another along `axis`; bad_input where they do not fit. `from`: of the node's inputs, for
/// messages.
Result<Fact> joined(const NodeView& node, const std::vector<const Fact*>& parts, std::size_t axis);
// indexing.cpp
Result<void> gather(NodeView& node);
Result<void> gather_elements(NodeView& node);
Result<void> gather_nd(NodeView& node);
Result<void> scatter(NodeView& node);
Result<void> scatter_nd(NodeView& node);
// counting.cpp
Result<void> top_k(NodeView& node);
Result<void> one_hot(NodeView& node);
Result<void> unique(NodeView& node);
Result<void> non_zero(NodeView& node);
Result<void> compress(NodeView& node);

}  // namespace ns::onnx
