/// The room of concatenation along one axis.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Operands differ on `axis` only; the output has their sum there. One of them may be stored, such as the
/// class token of a transformer: `with` holds its extents, and it stands before input `at`.
struct Concat {
  static constexpr std::string_view type = "concat";

  std::int64_t axis = 1;
  std::vector<std::int64_t> with{};  // extents of a stored operand
  std::int64_t at = 0;               // its place among the operands

  friend bool operator==(const Concat&, const Concat&) = default;
};

void fields(auto& io, Room<Concat> auto& layer) {
  io.number("axis", layer.axis, 1);
  io.list("with", layer.with);
  io.number("at", layer.at, 0);
}

/// bad_input names the two operands that do not match, or says that there is no such place for a stored one.
Result<std::vector<TensorType>> output_types(const Concat& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Concat& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const Concat& layer, const Signature& tensors);

std::vector<Weight> weights(const Concat& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Concat& layer, const Signature& tensors);

/// Size of the operands (IONN, table 3).
std::vector<Feature> paper_variables(const Concat& layer, const Signature& tensors);

/// Feature maps or vectors, the number of operands, and whether one is stored.
std::string category(const Concat& layer, const Signature& tensors);

/// All operands in their order, the stored one included.
std::vector<Shape> operand_shapes(const Concat& layer, const std::vector<TensorType>& inputs);

}  // namespace ns
