/// The room of converting elements to another type.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Each element converted; the shape stays.
struct Cast {
  static constexpr std::string_view type = "cast";

  DType dtype = DType::float32;

  friend bool operator==(const Cast&, const Cast&) = default;
};

void fields(auto& io, Room<Cast> auto& layer) { io.element("dtype", layer.dtype, DType::float32); }

/// The input's shape with `dtype`.
Result<std::vector<TensorType>> output_types(const Cast& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Cast& layer, const Signature& tensors);

/// One per element.
Flops flops(const Cast& layer, const Signature& tensors);

std::vector<Weight> weights(const Cast& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Cast& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Cast& layer, const Signature& tensors);

/// From which type to which.
std::string category(const Cast& layer, const Signature& tensors);

}  // namespace ns
