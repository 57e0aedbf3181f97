/// Shapes and counts of matrix products.
#pragma once

#include "net/onnx/node_view.hpp"

#include <optional>

namespace ns::onnx {

/// The shape of the product of two tensors as numpy.matmul defines it: matrices in the last two axes, the
/// others broadcast; a vector is a row on the left, a column on the right. bad_input names both shapes where
/// they do not fit.
Result<Dims> product_dims(const NodeView& node, const Dims& a, const Dims& b);

/// The same of facts: what is not known stays so.
Result<Fact> product_of(const NodeView& node, const Fact& a, const Fact& b, std::optional<DType> dtype);

/// The extent that a product sums over: the last axis of `a`, else the last but one of `b`.
Extent summed(const std::optional<Dims>& a, const std::optional<Dims>& b);

/// Output elements x the extent summed over.
std::optional<double> product_macs(const Fact& result, const Extent& summed);

/// With the last two axes exchanged, where `exchanged`; vectors stay.
std::optional<Dims> transposed(std::optional<Dims> dims, bool exchanged);

}  // namespace ns::onnx
