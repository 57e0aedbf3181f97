/// The room of argmax: the positions of the largest elements along one axis.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Output: the input's shape with `top` on `axis`, which vanishes unless it is kept; numbers of `dtype`,
/// float32 as in Caffe (4 bytes for one class) or int64 as in ONNX. smallest: of the smallest elements
/// (ArgMin).
struct Argmax {
  static constexpr std::string_view type = "argmax";

  std::int64_t axis = 1;
  std::int64_t top = 1;
  bool smallest = false;
  bool keep = true;
  DType dtype = DType::float32;

  friend bool operator==(const Argmax&, const Argmax&) = default;
};

void fields(auto& io, Room<Argmax> auto& layer) {
  io.number("axis", layer.axis, 1);
  io.number("top", layer.top, 1);
  io.flag("smallest", layer.smallest, false);
  io.flag("keep", layer.keep, true);
  io.element("dtype", layer.dtype, DType::float32);
}

/// bad_input if there is no such axis or fewer than `top` elements on it, or if several are not kept.
Result<std::vector<TensorType>> output_types(const Argmax& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Argmax& layer, const Signature& tensors);

/// One per input element.
Flops flops(const Argmax& layer, const Signature& tensors);

std::vector<Weight> weights(const Argmax& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Argmax& layer, const Signature& tensors);

/// Numbers of input and output neurons (paper, section 5.1).
std::vector<Feature> paper_variables(const Argmax& layer, const Signature& tensors);

/// The largest alone, or several.
std::string category(const Argmax& layer, const Signature& tensors);

}  // namespace ns
