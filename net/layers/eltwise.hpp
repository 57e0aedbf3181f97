/// The room of element-wise arithmetic of two or more inputs.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// All inputs have one shape, or broadcast as in ONNX; `coefficients`, if any, weigh the terms of add
/// (Caffe).
struct Eltwise {
  static constexpr std::string_view type = "eltwise";

  enum class Kind { add, mul, max, sub, div, min };

  Kind kind = Kind::add;
  std::vector<double> coefficients;

  friend bool operator==(const Eltwise&, const Eltwise&) = default;
};

inline constexpr std::array eltwise_kinds{
    Choice<Eltwise::Kind>{Eltwise::Kind::add, "add"}, Choice<Eltwise::Kind>{Eltwise::Kind::mul, "mul"},
    Choice<Eltwise::Kind>{Eltwise::Kind::max, "max"}, Choice<Eltwise::Kind>{Eltwise::Kind::sub, "sub"},
    Choice<Eltwise::Kind>{Eltwise::Kind::div, "div"}, Choice<Eltwise::Kind>{Eltwise::Kind::min, "min"},
};

void fields(auto& io, Room<Eltwise> auto& layer) {
  io.choice(layer.kind, std::span<const Choice<Eltwise::Kind>>{eltwise_kinds});
  io.reals("coefficients", layer.coefficients);
}

/// bad_input for fewer than two inputs, shapes that do not broadcast or a wrong number of coefficients.
Result<std::vector<TensorType>> output_types(const Eltwise& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Eltwise& layer, const Signature& tensors);

/// One per output element and input after the first.
Flops flops(const Eltwise& layer, const Signature& tensors);

std::vector<Weight> weights(const Eltwise& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Eltwise& layer, const Signature& tensors);

/// Size of the inputs (an addition to the paper, whose nets had none).
std::vector<Feature> paper_variables(const Eltwise& layer, const Signature& tensors);

/// The kind, the number of inputs, and whether one is broadcast.
std::string category(const Eltwise& layer, const Signature& tensors);

}  // namespace ns
