/// The room of softmax along one axis.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Output: the input's own type; each line along `axis` sums to 1. log: the logarithm of that; hard: 1 at the
/// first largest element, 0 elsewhere (ONNX's Hardmax).
struct Softmax {
  static constexpr std::string_view type = "softmax";

  enum class Kind { soft, log, hard };

  std::int64_t axis = 1;
  Kind kind = Kind::soft;

  friend bool operator==(const Softmax&, const Softmax&) = default;
};

inline constexpr std::array softmax_kinds{
    Choice<Softmax::Kind>{Softmax::Kind::soft, "soft"},
    Choice<Softmax::Kind>{Softmax::Kind::log, "log"},
    Choice<Softmax::Kind>{Softmax::Kind::hard, "hard"},
};

void fields(auto& io, Room<Softmax> auto& layer) {
  io.number("axis", layer.axis, 1);
  io.choice("kind", layer.kind, std::span<const Choice<Softmax::Kind>>{softmax_kinds}, Softmax::Kind::soft);
}

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

/// The axis, last or not, and the kind beside soft.
std::string category(const Softmax& layer, const Signature& tensors);

}  // namespace ns
