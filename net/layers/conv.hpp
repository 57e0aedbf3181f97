/// The room of convolution in one to three spatial axes: what describes one, what it yields, what it costs.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/quantisation.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Input [N, C, spatial...]; filters [filters, C / groups, kernel...]; output [N, filters, spatial...],
/// rounded down. Filters that are not `stored` are the second input: one map is looked for in another
/// (cross-correlation, as trackers do).
struct Conv {
  static constexpr std::string_view type = "conv";

  std::int64_t filters = 1;  // output channels
  std::vector<std::int64_t> kernel;
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> pad;  // all begins, then all ends
  std::vector<std::int64_t> dilation;
  std::int64_t groups = 1;
  bool bias = true;    // stored, whatever the filters are
  bool stored = true;  // the filters
  Quantisation quantisation{};

  friend bool operator==(const Conv&, const Conv&) = default;
};

void fields(auto& io, Room<Conv> auto& layer) {
  io.number("filters", layer.filters);
  io.window("kernel", layer.kernel);
  io.window("stride", layer.stride, 1);
  io.pads("pad", layer.pad);
  io.window("dilation", layer.dilation, 1);
  io.number("groups", layer.groups, 1);
  io.flag("bias", layer.bias, true);
  io.flag("stored", layer.stored, true);
  fields(io, layer.quantisation);
}

/// bad_input if the window does not fit, the groups do not divide channels and filters, a second input does
/// not have the filters' shape, or the quantisation does not go with the input.
Result<std::vector<TensorType>> output_types(const Conv& layer, const std::vector<TensorType>& inputs);

/// Output elements times window times channels per group.
Macs macs(const Conv& layer, const Signature& tensors);

/// Two per MAC; the bias is not counted.
Flops flops(const Conv& layer, const Signature& tensors);

std::vector<Weight> weights(const Conv& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Conv& layer, const Signature& tensors);

/// The paper's x1 = features of the input map and x2 = (kernel / stride)^2 x filters (section 5.1, verbatim).
std::vector<Feature> paper_variables(const Conv& layer, const Signature& tensors);

/// What must have been profiled for a prediction to be trusted: "dense|grouped|depthwise", kernel, stride,
/// dilation, and whether whole numbers are multiplied or the filters are a map.
std::string category(const Conv& layer, const Signature& tensors);

/// Of the filters over `input`.
Shape filter_shape(const Conv& layer, const Shape& input);

}  // namespace ns
