/// The room of the product of two tensors.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// A [..., M, K] times B [..., K, N] as numpy multiplies: leading axes broadcast, a rank-1 operand is a row
/// (left) or a column (right) whose axis the output lacks. `transpose_a`, `transpose_b`: the operand's last
/// two axes stand the other way round. One operand may be stored: `with` holds its extents, and the layer has
/// one input. The product is multiplied by `scale`.
struct Matmul {
  static constexpr std::string_view type = "matmul";

  bool transpose_a = false;
  bool transpose_b = false;
  std::vector<std::int64_t> with{};  // extents of a stored operand; empty: both are inputs
  bool with_first = false;           // the stored operand is A
  double scale = 1.0;

  friend bool operator==(const Matmul&, const Matmul&) = default;
};

void fields(auto& io, Room<Matmul> auto& layer) {
  io.flag("transpose_a", layer.transpose_a, false);
  io.flag("transpose_b", layer.transpose_b, false);
  io.list("with", layer.with);
  io.flag("with_first", layer.with_first, false);
  io.real("scale", layer.scale, 1.0);
}

/// bad_input if the inner extents differ, the leading axes do not broadcast or a vector is to be transposed.
Result<std::vector<TensorType>> output_types(const Matmul& layer, const std::vector<TensorType>& inputs);

/// Batch times M times N times K.
Macs macs(const Matmul& layer, const Signature& tensors);

/// Two per MAC; the scale counts nothing.
Flops flops(const Matmul& layer, const Signature& tensors);

std::vector<Weight> weights(const Matmul& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Matmul& layer, const Signature& tensors);

/// Elements of both operands, and of the output.
std::vector<Feature> paper_variables(const Matmul& layer, const Signature& tensors);

/// One product or a batch, of matrices or with a vector, and whether an operand is stored.
std::string category(const Matmul& layer, const Signature& tensors);

/// The one product that every matrix of the batch is.
struct MatmulExtents {
  Shape batch;  // leading axes, broadcast
  std::int64_t m = 1;
  std::int64_t n = 1;
  std::int64_t k = 1;
};

/// Precondition: output_types() accepts the inputs.
MatmulExtents extents_of(const Matmul& layer, const std::vector<TensorType>& inputs);

/// A and B, the stored one included.
std::vector<Shape> operand_shapes(const Matmul& layer, const std::vector<TensorType>& inputs);

}  // namespace ns
