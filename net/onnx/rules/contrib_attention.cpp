// Attention as ONNX Runtime's optimiser writes it (domain com.microsoft).
#include "net/onnx/rules/attention.hpp"
#include "net/onnx/rules/heads.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <array>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// QAttention has scales between, and its past state is input 9 instead of 5.
std::size_t past_input(const NodeView& node) { return node.node().op == "QAttention" ? 8 : 4; }

/// The cache is a buffer that is longer than what is in it.
bool shares_buffer(const NodeView& node) { return node.integer("past_present_share_buffer", 0) != 0; }

/// Positions before these: those of the past state, or what a scalar input says where the state is a buffer.
Extent past_length(const NodeView& node, std::size_t state, std::size_t axis, std::size_t length_input) {
  if (!node.has(state)) return Extent{0};
  if (node.has(length_input)) return scalar_of(node.in(length_input)).value_or(Extent{});
  return shares_buffer(node) ? Extent{} : extent_at(node.in(state), axis);
}

/// Widths of projected queries, keys and values.
std::array<Extent, 3> widths_of(const NodeView& node) {
  if (const auto given = node.integers("qkv_hidden_sizes"); given.size() == 3)
    return {given[0], given[1], given[2]};
  const auto each = Extent::quotient(extent_at(node.in(1), 1), 3).value_or(Extent{});
  return {each, each, each};
}

Result<Heads> projected_heads_of(const NodeView& node) {
  const Extent count{node.integer("num_heads", 0)};
  const auto widths = widths_of(node);
  auto head = head_of(node, widths[0], count, 1);
  auto value_head = head_of(node, widths[2], count, 1);
  if (!head) return tl::unexpected{head.error()};
  if (!value_head) return tl::unexpected{value_head.error()};
  const auto length = extent_at(node.in(0), 1);
  const auto past =
      past_length(node, past_input(node), 3, node.node().op == "QAttention" ? node.inputs() : 6);
  return Heads{extent_at(node.in(0), 0), count, count, length, past + length, *std::move(head),
               *std::move(value_head)};
}

}  // namespace

Result<void> infer_projected_attention(NodeView& node) {
  const auto& data = node.in(0);
  const auto& weights = node.in(1);
  if (differ(extent_at(data, 2), extent_at(weights, 0)))
    return node.fail(
        fmt::format("the input is {}, the weights are {}; the input's last axis must be the weights' first",
                    to_string(*data.dims), to_string(*weights.dims)));
  const auto heads = projected_heads_of(node);
  if (!heads) return tl::unexpected{heads.error()};
  const auto dtype = node.node().op == "QAttention" ? node.in(2).dtype : data.dtype;
  node.out(0, tensor(dtype, Dims{heads->batch, heads->length, heads->queries * heads->value_head}));
  if (const auto past = past_input(node); shares_buffer(node) && node.has(past))
    node.out(1, like(node.in(past)));
  else
    node.out(1, tensor(dtype, Dims{Extent{2}, heads->batch, heads->groups, heads->total, heads->head}));
  return {};
}

std::optional<double> projected_attention_macs(const NodeView& node) {
  const auto heads = projected_heads_of(node);
  if (!heads || !node.in(0).dims) return std::nullopt;
  const auto both = heads->macs();
  const auto inputs = count_of(*node.in(0).dims);
  const auto columns = extent_at(node.in(1), 1).number();
  return both && inputs && columns ? std::optional{*both + *inputs * static_cast<double>(*columns)}
                                   : std::nullopt;
}

namespace {

/// Query: batch x length x width, or with keys and values batch x length x heads x 3 x head. Keys: likewise,
/// or as a cache batch x heads x length x head.
Result<Heads> multi_heads_of(const NodeView& node) {
  const Extent count{node.integer("num_heads", 0)};
  const auto& query = node.in(0);
  const auto& key = node.in(1);
  const auto& value = node.in(2);
  Heads heads{extent_at(query, 0), count, count, extent_at(query, 1), {}, {}, {}};
  auto head = query.rank() == std::size_t{5} ? Result<Extent>{extent_at(query, 4)}
                                             : head_of(node, extent_at(query, 2), count, 0);
  if (!head) return tl::unexpected{head.error()};
  heads.head = *std::move(head);
  heads.value_head = heads.head;
  auto length = heads.length;
  if (node.has(1)) length = extent_at(key, key.rank() == std::size_t{4} ? 2 : 1);
  if (value.rank() == std::size_t{4}) heads.value_head = extent_at(value, 3);
  if (node.has(2) && value.rank() != std::size_t{4}) {
    auto value_head = head_of(node, extent_at(value, 2), count, 2);
    if (!value_head) return tl::unexpected{value_head.error()};
    heads.value_head = *std::move(value_head);
  }
  heads.total = past_length(node, 6, 2, 8) + length;
  return heads;
}

}  // namespace

Result<void> infer_multi_head_attention(NodeView& node) {
  const auto heads = multi_heads_of(node);
  if (!heads) return tl::unexpected{heads.error()};
  const auto dtype = node.in(0).dtype;
  node.out(0, tensor(dtype, Dims{heads->batch, heads->length, heads->queries * heads->value_head}));
  const bool buffer = node.has(6) && node.has(8);
  node.out(1, buffer ? like(node.in(6)) : tensor(dtype, heads->keys()));
  node.out(2, buffer ? like(node.in(7)) : tensor(dtype, heads->values()));
  node.out(3, tensor(dtype, heads->scores()));
  return {};
}

std::optional<double> multi_head_attention_macs(const NodeView& node) {
  const auto heads = multi_heads_of(node);
  return heads ? heads->macs() : std::nullopt;
}

namespace {

Result<Heads> grouped_heads_of(const NodeView& node) {
  const auto& query = node.in(0);
  const Extent queries{node.integer("num_heads", 0)};
  const Extent groups{node.integer("kv_num_heads", 0)};
  const bool packed = !node.has(1);  // keys and values behind the queries
  auto head = head_of(node, extent_at(query, 2), packed ? queries + groups * Extent{2} : queries, 0);
  if (!head) return tl::unexpected{head.error()};
  const auto length = extent_at(query, 1);
  auto total = scalar_of(node.in(6)).value_or(Extent{});
  if (total.is_unknown() && !node.has(3)) total = packed ? length : extent_at(node.in(1), 1);
  return Heads{extent_at(query, 0), queries, groups, length, std::move(total), *head, *head};
}

}  // namespace

Result<void> infer_group_query_attention(NodeView& node) {
  const auto heads = grouped_heads_of(node);
  if (!heads) return tl::unexpected{heads.error()};
  const auto dtype = node.in(0).dtype;
  node.out(0, tensor(dtype, Dims{heads->batch, heads->length, heads->queries * heads->head}));
  // The past state may be a buffer that is longer than what is in it.
  auto cache = heads->keys();
  if (node.has(3)) cache[2] = Extent::larger(extent_at(node.in(3), 2), heads->total);
  const auto stored = node.has(3) ? node.in(3).dtype : dtype;
  node.out(1, tensor(stored, cache));
  node.out(2, tensor(stored, std::move(cache)));
  node.out(3, tensor(dtype, heads->scores()));
  return {};
}

std::optional<double> group_query_attention_macs(const NodeView& node) {
  const auto heads = grouped_heads_of(node);
  return heads ? heads->macs() : std::nullopt;
}

Result<void> infer_experts(NodeView& node) { return same_as_input(node); }

std::optional<double> experts_macs(const NodeView& node) {
  const auto& dims = node.in(0).dims;
  if (!dims || dims->empty()) return std::nullopt;
  double per_token = 0.0;
  for (const std::size_t weights : {2U, 4U, 6U}) {
    if (!node.has(weights)) continue;
    const auto count = count_of({extent_at(node.in(weights), 1), extent_at(node.in(weights), 2)});
    if (!count) return std::nullopt;
    per_token += *count;
  }
  const auto tokens = count_of(Dims{dims->begin(), dims->end() - 1});
  if (!tokens) return std::nullopt;
  return *tokens * per_token * static_cast<double>(node.integer("k", 1));
}

}  // namespace ns::onnx
