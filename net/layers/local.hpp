/// The room of the locally connected layer: a convolution whose filters are not shared between positions.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// As Conv in two spatial axes without groups; weights [OH x OW, filters, C, kernel...], one bias per output
/// element.
struct Local {
  static constexpr std::string_view type = "local";

  std::int64_t filters = 1;
  std::vector<std::int64_t> kernel;
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> pad;  // all begins, then all ends
  bool bias = true;

  friend bool operator==(const Local&, const Local&) = default;
};

void fields(auto& io, Room<Local> auto& layer) {
  io.number("filters", layer.filters);
  io.window("kernel", layer.kernel);
  io.window("stride", layer.stride, 1);
  io.pads("pad", layer.pad);
  io.flag("bias", layer.bias, true);
}

/// bad_input if the window does not fit.
Result<std::vector<TensorType>> output_types(const Local& layer, const std::vector<TensorType>& inputs);

/// As of a convolution.
Macs macs(const Local& layer, const Signature& tensors);

/// Two per MAC.
Flops flops(const Local& layer, const Signature& tensors);

std::vector<Weight> weights(const Local& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Local& layer, const Signature& tensors);

/// Sizes of the input and output maps (paper, section 5.1).
std::vector<Feature> paper_variables(const Local& layer, const Signature& tensors);

/// Stride.
std::string category(const Local& layer, const Signature& tensors);

}  // namespace ns
