/// The room of one strided part of a tensor.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Element i of the output's axis is element starts + i * steps of the input's; one entry per axis in each
/// list, steps of 1 if there are none. Steps may be negative.
struct Crop {
  static constexpr std::string_view type = "crop";

  std::vector<std::int64_t> starts{};
  std::vector<std::int64_t> steps{};
  std::vector<std::int64_t> extents{};  // of the output

  friend bool operator==(const Crop&, const Crop&) = default;
};

void fields(auto& io, Room<Crop> auto& layer) {
  io.list("starts", layer.starts);
  io.list("steps", layer.steps);
  io.list("extents", layer.extents);
}

/// bad_input unless every element stands inside the input.
Result<std::vector<TensorType>> output_types(const Crop& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Crop& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const Crop& layer, const Signature& tensors);

std::vector<Weight> weights(const Crop& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Crop& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Crop& layer, const Signature& tensors);

/// Whether rows are copied whole, in part, or element by element.
std::string category(const Crop& layer, const Signature& tensors);

}  // namespace ns
