/// The room of reshape and flatten, which cost nothing.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// `extents`: 0 copies the input's extent at that place, one -1 takes what is left.
struct Reshape {
  static constexpr std::string_view type = "reshape";

  std::vector<std::int64_t> extents;

  friend bool operator==(const Reshape&, const Reshape&) = default;
};

void fields(auto& io, Room<Reshape> auto& layer) { io.list("extents", layer.extents); }

/// bad_input if the numbers of elements differ.
Result<std::vector<TensorType>> output_types(const Reshape& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Reshape& layer, const Signature& tensors);

/// 0.
Flops flops(const Reshape& layer, const Signature& tensors);

std::vector<Weight> weights(const Reshape& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Reshape& layer, const Signature& tensors);

/// None: it is free.
std::vector<Feature> paper_variables(const Reshape& layer, const Signature& tensors);

/// Always the same.
std::string category(const Reshape& layer, const Signature& tensors);

}  // namespace ns
