/// The room of repeating a tensor along its axes.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Axis i of the output is axis i of the input, `repeats`[i] times.
struct Tile {
  static constexpr std::string_view type = "tile";

  std::vector<std::int64_t> repeats{};

  friend bool operator==(const Tile&, const Tile&) = default;
};

void fields(auto& io, Room<Tile> auto& layer) { io.list("repeats", layer.repeats); }

/// bad_input unless there is one count, at least 0, per axis.
Result<std::vector<TensorType>> output_types(const Tile& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Tile& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const Tile& layer, const Signature& tensors);

std::vector<Weight> weights(const Tile& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Tile& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Tile& layer, const Signature& tensors);

/// Whether the innermost axis is repeated.
std::string category(const Tile& layer, const Signature& tensors);

}  // namespace ns
