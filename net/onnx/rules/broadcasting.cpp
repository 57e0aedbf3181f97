// What element-wise operators share.
#include "net/onnx/rules/elementwise.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <array>
#include <fmt/format.h>
#include <numeric>
#include <vector>

namespace ns::onnx {
namespace {

/// Before opset 7, `axis` says where the second input's axes begin in the first; as if ones followed them.
Result<Fact> aligned(const NodeView& node, const Fact& a, Fact b) {
  if (node.attribute("axis") == nullptr || node.integer("broadcast", 0) == 0 || !a.dims || !b.dims) return b;
  const auto axis = node.axis(node.integer("axis", 0), a.dims->size());
  if (!axis) return tl::unexpected{axis.error()};
  const auto end = *axis + b.dims->size();
  if (end > a.dims->size())
    return node.fail(
        fmt::format("input 2 is {}, which does not fit into input 1, {}, from axis {} on; change `axis`",
                    to_string(*b.dims), to_string(*a.dims), *axis));
  b.dims->resize(b.dims->size() + a.dims->size() - end, Extent{1});
  b.most.reset();
  return b;
}

Result<Fact> broadcast_facts(const NodeView& node, const Fact& a, const Fact& b, std::size_t number) {
  Fact result;
  if (const auto bound_a = bound_of(a), bound_b = bound_of(b); bound_a && bound_b)
    result.most = broadcast(*bound_a, *bound_b);
  if (!a.dims || !b.dims) return result;
  result.dims = broadcast(*a.dims, *b.dims);
  if (!result.dims)
    return node.fail(
        fmt::format("input {} is {}, what stands before it is {}; each pair of extents, counted from the "
                    "last, must be equal or hold a 1",
                    number, to_string(*b.dims), to_string(*a.dims)));
  if (all_known(*result.dims)) result.most.reset();
  return result;
}

std::optional<DType> first_dtype(const NodeView& node) {
  for (std::size_t i = 0; i < node.inputs(); ++i)
    if (node.in(i).dtype) return node.in(i).dtype;
  return std::nullopt;
}

}  // namespace

Result<Fact> broadcast_inputs(const NodeView& node, std::span<const std::size_t> inputs) {
  Fact result = tensor(std::nullopt, Dims{});
  for (const auto i : inputs) {
    auto next = broadcast_facts(node, result, node.in(i), i + 1);
    if (!next) return next;
    result = *std::move(next);
  }
  return result;
}

Result<void> infer_binary(NodeView& node, const BinaryFunction& f, std::optional<DType> dtype) {
  const auto& a = node.in(0);
  const auto b = aligned(node, a, node.in(1));
  if (!b) return tl::unexpected{b.error()};
  auto result = broadcast_facts(node, a, *b, 2);
  if (!result) return tl::unexpected{result.error()};
  result->dtype = dtype ? dtype : first_dtype(node);
  if (result->dims && result->dtype) result->value = combine(f, a, *b, *result->dims, *result->dtype);
  node.out(0, *std::move(result));
  return {};
}

Result<void> infer_unary(NodeView& node, const UnaryFunction& f) {
  auto result = like(node.in(0));
  if (result.dtype) result.value = map(f, node.in(0), *result.dtype);
  node.out(0, std::move(result));
  return {};
}

Result<void> infer_variadic(NodeView& node, const BinaryFunction& f) {
  auto result = node.in(0);
  result.dtype = first_dtype(node);
  for (std::size_t i = 1; i < node.inputs(); ++i) {
    auto next = broadcast_facts(node, result, node.in(i), i + 1);
    if (!next) return tl::unexpected{next.error()};
    next->dtype = result.dtype;
    if (next->dims && next->dtype) next->value = combine(f, result, node.in(i), *next->dims, *next->dtype);
    result = *std::move(next);
  }
  result.constant = false;
  node.out(0, std::move(result));
  return {};
}

}  // namespace ns::onnx
