/// The room of slicing one input into parts along one axis.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// One output per entry of `sizes`, which add up to the extent of `axis`.
struct Slice {
  static constexpr std::string_view type = "slice";

  std::int64_t axis = 1;
  std::vector<std::int64_t> sizes;

  friend bool operator==(const Slice&, const Slice&) = default;
};

void fields(auto& io, Room<Slice> auto& layer) {
  io.number("axis", layer.axis, 1);
  io.list("sizes", layer.sizes);
}

/// bad_input if the sizes do not add up.
Result<std::vector<TensorType>> output_types(const Slice& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Slice& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const Slice& layer, const Signature& tensors);

std::vector<Weight> weights(const Slice& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Slice& layer, const Signature& tensors);

/// Size of the input.
std::vector<Feature> paper_variables(const Slice& layer, const Signature& tensors);

/// A feature map or vectors, and the number of outputs.
std::string category(const Slice& layer, const Signature& tensors);

}  // namespace ns
