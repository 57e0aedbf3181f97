/// The room of softmax along one axis.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Output: the input's own type; each line along `axis` sums to 1.
struct Softmax {
  static constexpr std::string_view type = "softmax";

  std::int64_t axis = 1;

  friend bool operator==(const Softmax&, const Softmax&) = default;
};

void fields(auto& io, Room<Softmax> auto& layer) { io.number("axis", layer.axis, 1); }

/// bad_input if there is no such axis.
Result<std::vector<TensorType>> output_types(const Softmax& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Softmax& layer, const Signature& tensors);

/// One per element.
Flops flops(const Softmax& layer, const Signature& tensors);

std::vector<Weight> weights(const Softmax& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Softmax& layer, const Signature& tensors);

/// Numbers of input and output neurons (paper, section 5.1).
std::vector<Feature> paper_variables(const Softmax& layer, const Signature& tensors);

/// The axis: last or not.
std::string category(const Softmax& layer, const Signature& tensors);

}  // namespace ns
