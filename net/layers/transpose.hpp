/// The room of the transposition of axes.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Axis i of the output is axis perm[i] of the input.
struct Transpose {
  static constexpr std::string_view type = "transpose";

  std::vector<std::int64_t> perm{};

  friend bool operator==(const Transpose&, const Transpose&) = default;
};

void fields(auto& io, Room<Transpose> auto& layer) { io.list("perm", layer.perm); }

/// bad_input if `perm` does not hold each axis of the input once.
Result<std::vector<TensorType>> output_types(const Transpose& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Transpose& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const Transpose& layer, const Signature& tensors);

std::vector<Weight> weights(const Transpose& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Transpose& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Transpose& layer, const Signature& tensors);

/// Whether the innermost axis stays (rows are copied), or moves, or nothing does.
std::string category(const Transpose& layer, const Signature& tensors);

}  // namespace ns
