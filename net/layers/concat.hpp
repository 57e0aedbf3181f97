/// The room of concatenation along one axis.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Inputs differ on `axis` only; the output has their sum there.
struct Concat {
  static constexpr std::string_view type = "concat";

  std::int64_t axis = 1;

  friend bool operator==(const Concat&, const Concat&) = default;
};

void fields(auto& io, Room<Concat> auto& layer) { io.number("axis", layer.axis, 1); }

/// bad_input names the two inputs that do not match.
Result<std::vector<TensorType>> output_types(const Concat& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Concat& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const Concat& layer, const Signature& tensors);

std::vector<Weight> weights(const Concat& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Concat& layer, const Signature& tensors);

/// Size of the inputs (IONN, table 3).
std::vector<Feature> paper_variables(const Concat& layer, const Signature& tensors);

/// Feature maps or vectors, and the number of inputs.
std::string category(const Concat& layer, const Signature& tensors);

}  // namespace ns
