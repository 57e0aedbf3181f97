/// Attention in its several forms: softmax(Q K^T) V, with heads and caches of earlier keys and values. MACs
/// are those of both products, and of the projections where the operator holds them.
#pragma once

#include "net/onnx/node_view.hpp"

#include <optional>

namespace ns::onnx {

/// Opset 23: Q, K, V as 4-D tensors or 3-D ones with head counts as attributes; grouped queries.
Result<void> infer_attention(NodeView& node);
std::optional<double> attention_macs(const NodeView& node);

/// ai.onnx.preview: subgraphs change scores and probabilities.
Result<void> infer_flex_attention(NodeView& node);

/// com.microsoft: one input, projected by merged weights (Attention, QAttention).
Result<void> infer_projected_attention(NodeView& node);
std::optional<double> projected_attention_macs(const NodeView& node);

/// com.microsoft: Q, K, V apart or packed, biases added.
Result<void> infer_multi_head_attention(NodeView& node);
std::optional<double> multi_head_attention_macs(const NodeView& node);

/// com.microsoft: fewer heads of keys and values than of queries.
Result<void> infer_group_query_attention(NodeView& node);
std::optional<double> group_query_attention_macs(const NodeView& node);

/// Opset 27: a state of keys x values per head instead of a softmax.
Result<void> infer_linear_attention(NodeView& node);
std::optional<double> linear_attention_macs(const NodeView& node);

/// com.microsoft: a mixture of experts, `k` of which see each token.
Result<void> infer_experts(NodeView& node);
std::optional<double> experts_macs(const NodeView& node);

}  // namespace ns::onnx
