/// The room of transposed convolution in one to three spatial axes.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Input [N, C, spatial...]; filters [C, filters / groups, kernel...]; output [N, filters, spatial...] with
/// stride * (extent - 1) + output_pad + (kernel - 1) * dilation + 1 - pads on each spatial axis.
struct Deconv {
  static constexpr std::string_view type = "deconv";

  std::int64_t filters = 1;  // output channels
  std::vector<std::int64_t> kernel{};
  std::vector<std::int64_t> stride{};
  std::vector<std::int64_t> pad{};  // all begins, then all ends
  std::vector<std::int64_t> dilation{};
  std::vector<std::int64_t> output_pad{};  // added at the ends
  std::int64_t groups = 1;
  bool bias = true;

  friend bool operator==(const Deconv&, const Deconv&) = default;
};

void fields(auto& io, Room<Deconv> auto& layer) {
  io.number("filters", layer.filters);
  io.window("kernel", layer.kernel);
  io.window("stride", layer.stride, 1);
  io.pads("pad", layer.pad);
  io.window("dilation", layer.dilation, 1);
  io.window("output_pad", layer.output_pad, 0);
  io.number("groups", layer.groups, 1);
  io.flag("bias", layer.bias, true);
}

/// bad_input if the pads leave nothing or the groups do not divide channels and filters.
Result<std::vector<TensorType>> output_types(const Deconv& layer, const std::vector<TensorType>& inputs);

/// Input elements times window times filters per group.
Macs macs(const Deconv& layer, const Signature& tensors);

/// Two per MAC; the bias is not counted.
Flops flops(const Deconv& layer, const Signature& tensors);

std::vector<Weight> weights(const Deconv& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Deconv& layer, const Signature& tensors);

/// As of a convolution, seen from its output (paper, section 5.1).
std::vector<Feature> paper_variables(const Deconv& layer, const Signature& tensors);

/// "dense|grouped|depthwise", kernel, stride, dilation.
std::string category(const Deconv& layer, const Signature& tensors);

}  // namespace ns
