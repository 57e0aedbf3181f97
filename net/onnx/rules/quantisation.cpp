#include "net/onnx/rules.hpp"
#include "net/onnx/rules/element_type.hpp"
#include "net/onnx/rules/elementwise.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <array>
#include <fmt/format.h>

namespace ns::onnx {
namespace {

/// A scale per axis or per block must fit the input (QuantizeLinear, DequantizeLinear).
Result<void> check_scale(const NodeView& node) {
  const auto& data = node.in(0);
  const auto& scale = node.in(1);
  if (!data.dims || !scale.dims || scale.dims->empty() || data.dims->empty()) return {};
  const auto count = elements(*scale.dims);
  if (count.is_known() && count.value() == 1) return {};
  const auto axis = node.axis(node.integer("axis", 1), data.dims->size());
  if (!axis) return {};  // vectors are quantised with the default axis 1, too
  const auto& extent = (*data.dims)[*axis];
  const auto block = node.integer("block_size", 0);
  const bool fits = block == 0
                        ? scale.dims->size() != 1 || !differ(scale.dims->front(), extent)
                        : scale.dims->size() == data.dims->size() &&
                              !differ((*scale.dims)[*axis], Extent::ceil_quotient(extent, Extent{block}));
  if (fits) return {};
  return node.fail(
      fmt::format("the scale is {}, the input is {}; along axis {} the scale needs one value per {}",
                  to_string(*scale.dims), to_string(*data.dims), *axis,
                  block == 0 ? "element" : fmt::format("block of {}", block)));
}

/// The type of the zero point, else `output_dtype`, else uint8.
Result<void> infer_quantise(NodeView& node) {
  if (auto checked = check_scale(node); !checked) return checked;
  auto dtype = element_type(node.integer("output_dtype", 0));
  if (node.has(2)) dtype = node.in(2).dtype;
  if (!node.has(2) && !dtype) dtype = DType::uint8;
  node.out(0, like(node.in(0), dtype));
  return {};
}

/// `output_dtype`, else the type of the scale, which before opset 19 can only be float32.
Result<void> infer_dequantise(NodeView& node) {
  if (auto checked = check_scale(node); !checked) return checked;
  const auto stated = element_type(node.integer("output_dtype", 0));
  node.out(0, like(node.in(0), stated ? stated : node.in(1).dtype));
  return {};
}

Result<void> infer_dynamic_quantise(NodeView& node) {
  node.out(0, like(node.in(0), DType::uint8));
  node.out(1, tensor(DType::float32, Dims{}));
  node.out(2, tensor(DType::uint8, Dims{}));
  return {};
}

/// Broadcasts the tensors among the inputs, between which scales and zero points stand.
template <std::size_t... tensors>
Result<void> quantised_broadcast(NodeView& node) {
  static constexpr std::array<std::size_t, sizeof...(tensors)> inputs{tensors...};
  auto result = broadcast_inputs(node, inputs);
  if (!result) return tl::unexpected{result.error()};
  result->dtype = node.in(inputs.back()).dtype;
  node.out(0, *std::move(result));
  return {};
}

Result<void> infer_integer_product(NodeView& node) {
  auto done = quantised_broadcast<0, 2>(node);
  if (!done) return done;
  auto result = node.made(0);
  result.dtype = DType::int32;
  node.out(0, std::move(result));
  return {};
}

/// Scale and zero point of the result, then tensor, scale and zero point of each input.
Result<void> infer_quantised_concat(NodeView& node) {
  const auto& first = node.in(2);
  auto dims = first.dims;
  if (!dims) {
    node.out(0, tensor(first.dtype, std::nullopt));
    return {};
  }
  const auto axis = node.axis(node.integer("axis", 0), dims->size());
  if (!axis) return tl::unexpected{axis.error()};
  for (std::size_t i = 5; i < node.inputs(); i += 3) {
    const auto& next = node.in(i).dims;
    if (next && next->size() != dims->size())
      return node.fail(fmt::format("input {} is {}, input 3 is {}; both must have as many axes", i + 1,
                                   to_string(*next), to_string(*first.dims)));
    for (std::size_t j = 0; next && j < dims->size(); ++j)
      if (j != *axis && differ((*next)[j], (*dims)[j]))
        return node.fail(fmt::format("input {} is {}, input 3 is {}; they may differ only on axis {}", i + 1,
                                     to_string(*next), to_string(*first.dims), *axis));
    (*dims)[*axis] = next ? (*dims)[*axis] + (*next)[*axis] : Extent{};
  }
  node.out(0, tensor(first.dtype, std::move(dims)));
  return {};
}

}  // namespace

std::span<const OpRule> quantisation_rules() {
  constexpr auto per_output = Work::outputs;
  static constexpr std::array rules{
      OpRule{"", "QuantizeLinear", &infer_quantise, per_output},
      OpRule{"", "DequantizeLinear", &infer_dequantise, per_output},
      OpRule{"", "DynamicQuantizeLinear", &infer_dynamic_quantise, per_output},
      OpRule{contrib, "QuantizeLinear", &infer_quantise, per_output},
      OpRule{contrib, "DequantizeLinear", &infer_dequantise, per_output},
      OpRule{contrib, "QLinearAdd", &quantised_broadcast<0, 3>, per_output},
      OpRule{contrib, "QLinearMul", &quantised_broadcast<0, 3>, per_output},
      OpRule{contrib, "QLinearWhere", &quantised_broadcast<0, 1, 4>, per_output},
      OpRule{contrib, "QLinearSigmoid", &same_as_input<>, per_output},
      OpRule{contrib, "QLinearLeakyRelu", &same_as_input<>, per_output},
      OpRule{contrib, "QLinearConcat", &infer_quantised_concat, Work::none},
      OpRule{contrib, "MulInteger", &infer_integer_product, per_output},
  };
  return rules;
}

}  // namespace ns::onnx
