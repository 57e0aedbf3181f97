#include "net/onnx/rules.hpp"
#include "net/onnx/rules/attention.hpp"
#include "net/onnx/rules/einsum.hpp"
#include "net/onnx/rules/element_type.hpp"
#include "net/onnx/rules/likeness.hpp"
#include "net/onnx/rules/matrix.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// The first known of several types.
std::optional<DType> first_of(std::initializer_list<std::optional<DType>> dtypes) {
  const auto* const found = std::ranges::find_if(dtypes, [](const auto& each) { return each.has_value(); });
  return found == dtypes.end() ? std::nullopt : *found;
}

/// FusedMatMul's transBatch: the axis of rows stands before the batch's axes instead of behind them.
std::optional<Dims> batch_moved(std::optional<Dims> dims, bool moved) {
  if (dims && moved && dims->size() > 2) std::rotate(dims->begin(), dims->begin() + 1, dims->end() - 1);
  return dims;
}

Fact factor(const NodeView& node, std::size_t input, std::string_view batch, std::string_view exchange) {
  auto fact = node.in(input);
  fact.dims = transposed(batch_moved(std::move(fact.dims), node.integer(batch, 0) != 0),
                         node.integer(exchange, 0) != 0);
  fact.most = transposed(batch_moved(std::move(fact.most), node.integer(batch, 0) != 0),
                         node.integer(exchange, 0) != 0);
  return fact;
}

/// Factors of a product at two inputs, turned as the attributes of FusedMatMul, TransposeMatMul and Gemm say.
std::pair<Fact, Fact> factors(const NodeView& node, std::size_t a, std::size_t b) {
  return {factor(node, a, "transBatchA", "transA"), factor(node, b, "transBatchB", "transB")};
}

Result<void> infer_product(NodeView& node, std::size_t a, std::size_t b, std::optional<DType> dtype) {
  const auto [left, right] = factors(node, a, b);
  auto result = product_of(node, left, right, dtype);
  if (!result) return tl::unexpected{result.error()};
  node.out(0, *std::move(result));
  return {};
}

template <std::size_t a, std::size_t b>
std::optional<double> macs(const NodeView& node) {
  const auto [left, right] = factors(node, a, b);
  return product_macs(node.made(0), summed(left.dims, right.dims));
}

Result<void> infer_matmul(NodeView& node) {
  return infer_product(node, 0, 1, first_of({node.in(0).dtype, node.in(1).dtype}));
}

Result<void> infer_integer_matmul(NodeView& node) { return infer_product(node, 0, 1, DType::int32); }

/// a, scale, zero point, b, scale, zero point, scale and zero point of the result.
Result<void> infer_quantised_matmul(NodeView& node) {
  return infer_product(node, 0, 3, first_of({node.in(7).dtype, node.in(0).dtype}));
}

/// DynamicQuantizeMatMul: real a, quantised b.
Result<void> infer_dynamic_matmul(NodeView& node) { return infer_product(node, 0, 1, node.in(0).dtype); }
/// MatMulIntegerToFloat: the type of the scales.
Result<void> infer_matmul_to_real(NodeView& node) { return infer_product(node, 0, 1, node.in(2).dtype); }

/// M x K times K x N; both are matrices.
Result<void> infer_gemm(NodeView& node, std::size_t a, std::size_t b, std::optional<DType> dtype) {
  auto [left, right] = factors(node, a, b);
  for (const auto* each : {&left, &right})
    if (each->dims && each->dims->size() != 2)
      return node.fail(fmt::format("a factor is {}; both must be matrices", to_string(*each->dims)));
  if (!left.dims) left.dims = Dims(2);
  if (!right.dims) right.dims = Dims(2);
  auto result = product_of(node, left, right, dtype);
  if (!result) return tl::unexpected{result.error()};
  const auto& bias = node.in(b == 1 ? 2 : 6);
  if (bias.dims && result->dims) {
    const auto fitted = broadcast(*result->dims, *bias.dims);
    if (!fitted || fitted->size() != 2)
      return node.fail(fmt::format("the product is {}, C is {}, which does not broadcast to it",
                                   to_string(*result->dims), to_string(*bias.dims)));
  }
  node.out(0, *std::move(result));
  return {};
}

Result<void> infer_real_gemm(NodeView& node) {
  return infer_gemm(node, 0, 1, first_of({node.in(0).dtype, node.in(1).dtype}));
}

/// GemmFloat8 says its type.
Result<void> infer_float8_gemm(NodeView& node) {
  return infer_gemm(node, 0, 1, element_type(node.integer("dtype", 1)));
}

/// a, scale, zero point, b, scale, zero point, C, scale and zero point of the result, without which it is
/// real.
Result<void> infer_quantised_gemm(NodeView& node) {
  return infer_gemm(node, 0, 3, node.has(8) ? node.in(8).dtype : std::optional{DType::float32});
}

/// Weights in blocks of few bits, N x K by the attributes.
Result<void> infer_packed_matmul(NodeView& node) {
  const auto columns = node.integer("N", 0);
  const auto rows = node.integer("K", 0);
  auto result = shaped(node.in(0), node.in(0).dtype, [&](const Dims& dims) -> Result<Dims> {
    if (dims.empty() || differ(dims.back(), Extent{rows}))
      return node.fail(fmt::format("input 1 is {}; its last axis must be K = {}", to_string(dims), rows));
    auto product = dims;
    product.back() = Extent{columns};
    return product;
  });
  if (!result) return tl::unexpected{result.error()};
  node.out(0, *std::move(result));
  return {};
}

std::optional<double> packed_macs(const NodeView& node) {
  return product_macs(node.made(0), Extent{node.integer("K", 0)});
}

/// MatMulFpQ4: the shape of the packed weights is input 3.
Fact packed_factor(const NodeView& node) {
  const auto* shape = extents_of(node.in(2));
  return tensor(std::nullopt, shape != nullptr ? std::optional{*shape} : std::nullopt);
}

Result<void> infer_shaped_matmul(NodeView& node) {
  auto result = product_of(node, node.in(0), packed_factor(node), node.in(0).dtype);
  if (!result) return tl::unexpected{result.error()};
  node.out(0, *std::move(result));
  return {};
}

std::optional<double> shaped_macs(const NodeView& node) {
  return product_macs(node.made(0), summed(node.in(0).dims, packed_factor(node).dims));
}

/// Determinants of the matrices in the last two axes.
Result<void> infer_determinant(NodeView& node) {
  auto result = shaped(node.in(0), node.in(0).dtype, [&](const Dims& dims) -> Result<Dims> {
    if (dims.size() < 2 || differ(dims.back(), dims[dims.size() - 2]))
      return node.fail(fmt::format("input 1 is {}; its last two axes must be a square", to_string(dims)));
    return Dims{dims.begin(), dims.end() - 2};
  });
  if (!result) return tl::unexpected{result.error()};
  node.out(0, *std::move(result));
  return {};
}

/// Distances between the rows of two matrices.
Result<void> infer_distances(NodeView& node) {
  node.out(0, tensor(node.in(0).dtype, Dims{extent_at(node.in(0), 0), extent_at(node.in(1), 0)}));
  return {};
}

constexpr auto no_work = Work::none;

}  // namespace

std::span<const OpRule> product_rules() {
  static constexpr std::array rules{
      OpRule{"", "MatMul", &infer_matmul, no_work, &macs<0, 1>},
      OpRule{"", "MatMulInteger", &infer_integer_matmul, no_work, &macs<0, 1>},
      OpRule{"", "QLinearMatMul", &infer_quantised_matmul, no_work, &macs<0, 3>},
      OpRule{"", "Gemm", &infer_real_gemm, no_work, &macs<0, 1>},
      OpRule{"", "Einsum", &infer_einsum, no_work, &einsum_macs},
      OpRule{"", "Det", &infer_determinant, Work::inputs},
      OpRule{"", "Attention", &infer_attention, no_work, &attention_macs},
      OpRule{"ai.onnx.preview", "FlexAttention", &infer_flex_attention, Work::body, &attention_macs},
      OpRule{"", "LinearAttention", &infer_linear_attention, no_work, &linear_attention_macs},
      OpRule{"", "RotaryEmbedding", &same_as_input<>, Work::outputs},
      OpRule{contrib, "MatMul", &infer_matmul, no_work, &macs<0, 1>},
      OpRule{contrib, "FusedMatMul", &infer_matmul, no_work, &macs<0, 1>},
      OpRule{contrib, "FusedMatMulActivation", &infer_matmul, no_work, &macs<0, 1>},
      OpRule{contrib, "TransposeMatMul", &infer_matmul, no_work, &macs<0, 1>},
      OpRule{contrib, "GemmFastGelu", &infer_matmul, no_work, &macs<0, 1>},
      OpRule{contrib, "SparseToDenseMatMul", &infer_matmul, no_work, &macs<0, 1>},
      OpRule{contrib, "MatMulInteger16", &infer_integer_matmul, no_work, &macs<0, 1>},
      OpRule{contrib, "MatMulIntegerToFloat", &infer_matmul_to_real, no_work, &macs<0, 1>},
      OpRule{contrib, "DynamicQuantizeMatMul", &infer_dynamic_matmul, no_work, &macs<0, 1>},
      OpRule{contrib, "FusedGemm", &infer_real_gemm, no_work, &macs<0, 1>},
      OpRule{contrib, "GemmFloat8", &infer_float8_gemm, no_work, &macs<0, 1>},
      OpRule{contrib, "QGemm", &infer_quantised_gemm, no_work, &macs<0, 3>},
      OpRule{contrib, "MatMulNBits", &infer_packed_matmul, no_work, &packed_macs},
      OpRule{contrib, "MatMulBnb4", &infer_packed_matmul, no_work, &packed_macs},
      OpRule{contrib, "MatMulFpQ4", &infer_shaped_matmul, no_work, &shaped_macs},
      OpRule{contrib, "CDist", &infer_distances, Work::outputs},
      OpRule{contrib, "Inverse", &same_as_input<>, Work::inputs},
      OpRule{contrib, "Attention", &infer_projected_attention, no_work, &projected_attention_macs},
      OpRule{contrib, "QAttention", &infer_projected_attention, no_work, &projected_attention_macs},
      OpRule{contrib, "MultiHeadAttention", &infer_multi_head_attention, no_work, &multi_head_attention_macs},
      OpRule{contrib, "GroupQueryAttention", &infer_group_query_attention, no_work,
             &group_query_attention_macs},
      OpRule{contrib, "LinearAttention", &infer_linear_attention, no_work, &linear_attention_macs},
      OpRule{contrib, "RotaryEmbedding", &same_as_input<>, Work::outputs},
      OpRule{contrib, "MoE", &infer_experts, no_work, &experts_macs},
  };
  return rules;
}

}  // namespace ns::onnx
