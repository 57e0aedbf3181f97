/// The room of sums and products that an equation of labelled axes describes.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// "bhid.bhjd-bhij": the labels of each operand's axes, then those of the result; what einsum elsewhere
/// writes as "bhid,bhjd->bhij". Elements of one or two operands are multiplied, and summed over each label
/// that the result lacks. A label that stands twice in an operand reads its diagonal; an extent of 1
/// broadcasts. One of two operands may be stored: `with` holds its extents.
struct Einsum {
  static constexpr std::string_view type = "einsum";

  std::string equation;
  std::vector<std::int64_t> with{};  // extents of a stored operand
  bool with_first = false;           // the stored operand is the first

  friend bool operator==(const Einsum&, const Einsum&) = default;
};

void fields(auto& io, Room<Einsum> auto& layer) {
  io.text("equation", layer.equation);
  io.list("with", layer.with);
  io.flag("with_first", layer.with_first, false);
}

/// bad_input for an equation that is not understood or that the operands do not fit.
Result<std::vector<TensorType>> output_types(const Einsum& layer, const std::vector<TensorType>& inputs);

/// Of two operands the product of all labels' extents, of one 0.
Macs macs(const Einsum& layer, const Signature& tensors);

/// Two per MAC; of one operand one per element that is summed.
Flops flops(const Einsum& layer, const Signature& tensors);

std::vector<Weight> weights(const Einsum& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Einsum& layer, const Signature& tensors);

/// Elements of the operands, and of the output.
std::vector<Feature> paper_variables(const Einsum& layer, const Signature& tensors);

/// What of one operand or two is done, and whether one is stored.
std::string category(const Einsum& layer, const Signature& tensors);

/// The operands in their order, the stored one included.
std::vector<Shape> operand_shapes(const Einsum& layer, const std::vector<TensorType>& inputs);

/// How many elements of a stored operand one output element reads.
std::int64_t stored_fan_in(const Einsum& layer);

/// One label, and how far apart its elements stand in dense tensors.
struct EinsumLabel {
  std::int64_t extent = 1;
  std::array<std::int64_t, 3> strides{};  // in both operands and the result; 0 where one lacks it or repeats
  bool in_result = false;

  friend bool operator==(const EinsumLabel&, const EinsumLabel&) = default;
};

/// First the result's labels in their order, then those that are summed. Precondition: output_types()
/// accepts.
std::vector<EinsumLabel> labels_of(const Einsum& layer, const std::vector<TensorType>& inputs);

}  // namespace ns
