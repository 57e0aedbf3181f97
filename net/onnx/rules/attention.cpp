// The standard's attention.
#include "net/onnx/rules/attention.hpp"

#include "core/text.hpp"
#include "net/onnx/rules/element_type.hpp"
#include "net/onnx/rules/heads.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <array>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace ns::onnx {
namespace {

/// One of Q, K, V.
struct Operand {
  Extent batch;
  Extent heads;
  Extent length;
  Extent head;
};

/// batch x heads x length x head, or batch x length x (heads x head) with the number of heads as an
/// attribute.
Result<Operand> operand_of(const NodeView& node, std::size_t input, std::string_view heads_attribute) {
  const auto& dims = node.in(input).dims;
  Operand operand;
  if (node.attribute(heads_attribute) != nullptr) operand.heads = Extent{node.integer(heads_attribute, 0)};
  if (!dims) return operand;
  if (dims->size() == 4) return Operand{(*dims)[0], (*dims)[1], (*dims)[2], (*dims)[3]};
  if (dims->size() != 3)
    return node.fail(fmt::format("input {} is {}; it must have 3 or 4 axes", input + 1, to_string(*dims)));
  auto head = head_of(node, dims->back(), operand.heads, input);
  if (!head) return tl::unexpected{head.error()};
  return Operand{(*dims)[0], operand.heads, (*dims)[1], *std::move(head)};
}

Result<Heads> heads_of(const NodeView& node) {
  const auto q = operand_of(node, 0, "q_num_heads");
  const auto k = operand_of(node, 1, "kv_num_heads");
  const auto v = operand_of(node, 2, "kv_num_heads");
  for (const auto* each : {&q, &k, &v})
    if (!*each) return tl::unexpected{each->error()};
  if (q->heads.is_known() && k->heads.is_known() &&
      (k->heads.value() < 1 || q->heads.value() % k->heads.value() != 0))
    return node.fail(fmt::format("{} heads of keys do not divide {} heads of queries", k->heads.value(),
                                 q->heads.value()));
  if (differ(q->head, k->head))
    return node.fail(fmt::format("a head of the queries has {}, one of the keys {}; they must be equal",
                                 counted(q->head.value(), "element"), k->head.value()));
  const auto past = node.has(4) ? extent_at(node.in(4), 2) : Extent{0};
  return Heads{either(q->batch, k->batch),
               q->heads,
               either(k->heads, v->heads),
               q->length,
               past + either(k->length, v->length),
               either(q->head, k->head),
               v->head};
}

}  // namespace

Result<void> infer_attention(NodeView& node) {
  const auto heads = heads_of(node);
  if (!heads) return tl::unexpected{heads.error()};
  const auto& queries = node.in(0);
  auto result = tensor(queries.dtype, std::nullopt);
  if (queries.rank() == std::size_t{4})
    result.dims = Dims{heads->batch, heads->queries, heads->length, heads->value_head};
  else if (queries.dims)
    result.dims = Dims{heads->batch, heads->length, heads->queries * heads->value_head};
  node.out(0, std::move(result));
  node.out(1, tensor(node.in(1).dtype, heads->keys()));
  node.out(2, tensor(node.in(2).dtype, heads->values()));
  node.out(3, tensor(queries.dtype, heads->scores()));
  return {};
}

Result<void> infer_flex_attention(NodeView& node) {
  const auto heads = heads_of(node);
  if (!heads) return tl::unexpected{heads.error()};
  const auto dtype = node.in(0).dtype;
  node.out(0, tensor(dtype, Dims{heads->batch, heads->queries, heads->length, heads->value_head}));
  const auto usual = dtype == DType::float64 ? DType::float64 : DType::float32;
  const auto precision = element_type(node.integer("softmax_precision", 0)).value_or(usual);
  const std::array scores{tensor(precision, heads->scores())};
  for (const auto* const modifier : {"score_mod", "prob_mod"}) {
    const auto* const body = node.graph(modifier);
    if (body == nullptr) continue;
    const auto run = node.run(*body, scores);
    if (!run) return tl::unexpected{run.error()};
    node.spend(*run, 1.0);
  }
  return {};
}

std::optional<double> attention_macs(const NodeView& node) {
  const auto heads = heads_of(node);
  return heads ? heads->macs() : std::nullopt;
}

namespace {

/// `length` counts tokens, `total` is not used.
Result<Heads> linear_heads_of(const NodeView& node) {
  const Extent queries{node.integer("q_num_heads", 0)};
  const Extent groups{node.integer("kv_num_heads", 0)};
  auto head = head_of(node, extent_at(node.in(0), 2), queries, 0);
  auto value_head = head_of(node, extent_at(node.in(2), 2), groups, 2);
  if (!head) return tl::unexpected{head.error()};
  if (!value_head) return tl::unexpected{value_head.error()};
  return Heads{extent_at(node.in(0), 0), queries,   groups,
               extent_at(node.in(0), 1), Extent{1}, *std::move(head),
               *std::move(value_head)};
}

}  // namespace

Result<void> infer_linear_attention(NodeView& node) {
  const auto heads = linear_heads_of(node);
  if (!heads) return tl::unexpected{heads.error()};
  const auto outputs = Extent::larger(heads->queries, heads->groups);
  node.out(0, tensor(node.in(0).dtype, Dims{heads->batch, heads->length, outputs * heads->value_head}));
  if (node.has(3)) {
    node.out(1, like(node.in(3)));
    return {};
  }
  Dims state{heads->batch, heads->groups, heads->head, heads->value_head};
  if (const auto window = node.integer("state_window", 0); window > 0)
    state.insert(state.begin(), Extent{window});
  node.out(1, tensor(node.in(0).dtype, std::move(state)));
  return {};
}

/// Per token the state is updated once per head of keys, read once per head of queries, and once more per
/// head of keys by the delta rules.
std::optional<double> linear_attention_macs(const NodeView& node) {
  const auto heads = linear_heads_of(node);
  if (!heads) return std::nullopt;
  const bool delta = node.text("update_rule", "gated_delta").find("delta") != std::string_view::npos;
  const auto touched = Extent::larger(heads->queries, heads->groups) + heads->groups * Extent{delta ? 2 : 1};
  return count_of({heads->batch, heads->length, heads->head, heads->value_head, touched});
}

}  // namespace ns::onnx
