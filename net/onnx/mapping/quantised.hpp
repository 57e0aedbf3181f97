/// Operators that multiply whole numbers, and filters that are stored as such.
#pragma once

#include "net/layers/quantisation.hpp"
#include "net/onnx/mapping/mapped_node.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ns::onnx {

bool is_8_bit(std::optional<DType> dtype);

/// One scale for all elements, stored as input `place`, and its zero point behind it; nothing where it
/// depends on data or is none.
std::optional<Scaling> scaling_at(const MappedNode& node, std::size_t place);

/// Where QLinearConv, QLinearMatMul and QGemm have their inputs. The first three are the input with its scale
/// and zero point, then the filters with theirs.
struct QuantisedInputs {
  static constexpr std::size_t filters = 3;

  std::size_t output = 0;           // the output's scale, its zero point behind
  std::optional<std::size_t> bias;  // in 32 bits
  bool is_matrix = false;
};

/// Nothing for other operators.
std::optional<QuantisedInputs> quantised_inputs(std::string_view op);

/// Of such an operator, whose filters begin with `axis` of the stored ones; nothing where the input's scale
/// depends on data or is none.
std::optional<Quantisation> quantisation_of(const MappedNode& node, std::int64_t axis);

/// Of MatMulInteger or ConvInteger behind DynamicQuantizeLinear, whose stored filters, input 1, begin with
/// `axis`; nothing where no layer stores them so.
std::optional<Quantisation> dynamic_quantisation(const MappedNode& node, std::int64_t axis);

/// Of DynamicQuantizeLSTM; nothing where its weights, scales or zero points are not stored or do not go
/// together.
std::optional<Quantisation> recurrent_quantisation(const MappedNode& node);

/// Of an operator of real numbers: whether filters, input 1, are stored as 8-bit whole numbers that begin
/// with `axis`.
Quantisation stored_quantisation(const MappedNode& node, std::int64_t axis);

}  // namespace ns::onnx
