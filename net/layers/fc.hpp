/// The room of the fully-connected layer.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/quantisation.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Input seen as [rows, columns], cut before `axis`; output: the extents before `axis`, then the features. A
/// rank-1 input is one row.
struct Fc {
  static constexpr std::string_view type = "fc";

  std::int64_t features = 1;
  bool bias = true;
  std::int64_t axis = 1;  // where the columns begin
  Quantisation quantisation{};

  friend bool operator==(const Fc&, const Fc&) = default;
};

void fields(auto& io, Room<Fc> auto& layer) {
  io.number("features", layer.features);
  io.flag("bias", layer.bias, true);
  io.number("axis", layer.axis, 1);
  fields(io, layer.quantisation);
}

/// bad_input for a scalar, an axis that the input lacks, fewer than one feature, or a quantisation that does
/// not go with the input.
Result<std::vector<TensorType>> output_types(const Fc& layer, const std::vector<TensorType>& inputs);

/// Rows times columns times features.
Macs macs(const Fc& layer, const Signature& tensors);

/// Two per MAC; the bias is not counted.
Flops flops(const Fc& layer, const Signature& tensors);

std::vector<Weight> weights(const Fc& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Fc& layer, const Signature& tensors);

/// Numbers of input and output neurons (paper, section 5.1).
std::vector<Feature> paper_variables(const Fc& layer, const Signature& tensors);

/// "row", "map" (one row that comes as a feature map) or "rows": a product with a vector is another kernel
/// than one with a matrix; "int8 " before it where whole numbers are multiplied.
std::string category(const Fc& layer, const Signature& tensors);

}  // namespace ns
