/// Operators with subgraphs and those of sequences: what rules/control.cpp lists and other files hold.
#pragma once

#include "net/onnx/node_view.hpp"

namespace ns::onnx {

// branch.cpp
Result<void> branch(NodeView& node);
// loop.cpp
Result<void> loop(NodeView& node);
// scan.cpp
Result<void> scan(NodeView& node);
// sequence.cpp
Result<void> sequence_construct(NodeView& node);
Result<void> sequence_empty(NodeView& node);
Result<void> sequence_at(NodeView& node);
Result<void> sequence_insert(NodeView& node);
Result<void> sequence_erase(NodeView& node);
Result<void> sequence_length(NodeView& node);
Result<void> sequence_map(NodeView& node);
Result<void> split_to_sequence(NodeView& node);
Result<void> concat_from_sequence(NodeView& node);
// optional.cpp
Result<void> optional(NodeView& node);
Result<void> optional_has_element(NodeView& node);
Result<void> optional_get_element(NodeView& node);

/// Bodies are run one by one up to this many times where every run matters; above, once for all.
inline constexpr std::size_t most_unrolled = 64;

}  // namespace ns::onnx
