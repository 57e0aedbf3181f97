/// The room of topk: the largest elements along one axis, and their positions.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// The `k` largest elements of each line along `axis`, the best first; of equal ones that with the lower
/// index. NaN is larger than all numbers. smallest: the smallest elements, likewise. `outputs`: which outputs
/// there are, in this order: v, the values, of the input's element type, and i, their indices, in int64; both
/// have the input's shape with `k` on `axis`.
struct Topk {
  static constexpr std::string_view type = "topk";

  std::int64_t axis = 1;
  std::int64_t k = 1;
  bool smallest = false;
  std::string outputs = "vi";  // or "v", "i"

  friend bool operator==(const Topk&, const Topk&) = default;
};

void fields(auto& io, Room<Topk> auto& layer) {
  io.number("k", layer.k);
  io.number("axis", layer.axis, 1);
  io.flag("smallest", layer.smallest, false);
  io.text("outputs", layer.outputs, "vi");
}

/// bad_input if there is no such axis or fewer than `k` elements on it, or for other outputs.
Result<std::vector<TensorType>> output_types(const Topk& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Topk& layer, const Signature& tensors);

/// One per input element.
Flops flops(const Topk& layer, const Signature& tensors);

std::vector<Weight> weights(const Topk& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Topk& layer, const Signature& tensors);

/// Numbers of input and output neurons.
std::vector<Feature> paper_variables(const Topk& layer, const Signature& tensors);

/// Whether the best are picked or a whole line is sorted, and which axis that is.
std::string category(const Topk& layer, const Signature& tensors);

}  // namespace ns
