/// The room of what changes nothing at inference: identity, dropout, a split into copies.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// As many outputs as `copies`, each of the input's own type.
struct Identity {
  static constexpr std::string_view type = "identity";

  bool dropout = false;
  std::int64_t copies = 1;

  friend bool operator==(const Identity&, const Identity&) = default;
};

void fields(auto& io, Room<Identity> auto& layer) {
  io.flag("dropout", layer.dropout, false);
  io.number("copies", layer.copies, 1);
}

/// The input's own type, `copies` times.
Result<std::vector<TensorType>> output_types(const Identity& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Identity& layer, const Signature& tensors);

/// 0.
Flops flops(const Identity& layer, const Signature& tensors);

std::vector<Weight> weights(const Identity& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Identity& layer, const Signature& tensors);

/// None: it is free.
std::vector<Feature> paper_variables(const Identity& layer, const Signature& tensors);

/// Always the same.
std::string category(const Identity& layer, const Signature& tensors);

}  // namespace ns
