/// The room of an operator that we do not model.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Keeps its operator's name and, where the file gives them, its output types and what is known of its work;
/// its cost is a floor: memory traffic. The only layer that may read nothing.
struct Opaque {
  static constexpr std::string_view type = "opaque";

  std::string op;
  std::vector<std::string> outputs;  // "1x3x224x224" or "1x3x2x2:float16" each
  double macs = 0.0;                 // at least so many
  double flops = 0.0;
  double weight_bytes = 0.0;  // of weights that are read whole

  friend bool operator==(const Opaque&, const Opaque&) = default;
};

void fields(auto& io, Room<Opaque> auto& layer) {
  io.text("op", layer.op);
  io.texts("outputs", layer.outputs);
  io.real("macs", layer.macs, 0.0);
  io.real("flops", layer.flops, 0.0);
  io.real("weight_bytes", layer.weight_bytes, 0.0);
}

/// As given; bad_input naming the operator if none are.
Result<std::vector<TensorType>> output_types(const Opaque& layer, const std::vector<TensorType>& inputs);

/// What is known of them; every total that holds an opaque layer is a lower bound.
Macs macs(const Opaque& layer, const Signature& tensors);

/// Likewise.
Flops flops(const Opaque& layer, const Signature& tensors);

std::vector<Weight> weights(const Opaque& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Opaque& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Opaque& layer, const Signature& tensors);

/// The operator.
std::string category(const Opaque& layer, const Signature& tensors);

}  // namespace ns
