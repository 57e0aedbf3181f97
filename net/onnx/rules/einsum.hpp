/// Einsum: products and sums by an equation of labelled axes, "bhid,bhjd->bhij".
#pragma once

#include "net/onnx/node_view.hpp"

#include <optional>
#include <string>

namespace ns::onnx {

Result<void> infer_einsum(NodeView& node);

/// Of two operands the product of all distinct labels; of more, those of one contraction after the other,
/// from the left, each summing the labels that nobody behind it needs. 0 for one operand.
std::optional<double> einsum_macs(const NodeView& node);

/// The equation as the room einsum writes it, with a small letter for each axis ("bij.bjk-bik"): capitals and
/// what "..." stands for get letters that are free. Nothing where letters run out or a rank is not known.
std::optional<std::string> plain_equation(const NodeView& node);

}  // namespace ns::onnx
