/// An einsum as the product of two matrices that it is, a batch of them: what its kernels and its costs
/// share.
#pragma once

#include "net/layers/einsum.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ns {

/// Labels of more than one element by the part that they play, each in the result's order, those that are
/// summed in the left operand's. `strides` of all are those in the left operand, the right one and the
/// result. Of one operand there are rows, and what is summed alone.
struct EinsumProduct {
  using Labels = std::vector<EinsumLabel>;
  Labels batch;                   // in both operands and the result
  Labels rows;                    // in the left operand and the result
  Labels columns;                 // in the right operand and the result
  Labels inner;                   // in both operands, summed
  std::array<Labels, 2> alone{};  // in the left or right operand only, summed
  bool swapped = false;  // left is the second operand, so that the result's rows stand before its columns
};

/// Precondition: output_types() accepts the inputs.
EinsumProduct product_of(const Einsum& layer, const std::vector<TensorType>& inputs);

/// Tensors of a product, by their place in `strides`.
enum class EinsumTensor : std::uint8_t { left, right, result };

/// How far apart neighbours of the joined labels stand in the tensor; nothing where they cannot be joined,
/// because one does not go on where the next ends. 1 for no labels.
std::optional<std::int64_t> joined_stride(const EinsumProduct::Labels& labels, EinsumTensor tensor);

std::int64_t joined_extent(const EinsumProduct::Labels& labels);

/// Whether a product of matrices reads or writes the tensor where it stands: rows and columns are each one
/// axis, and along one of them (of the result: its columns) elements are neighbours.
bool is_matrix(const EinsumProduct& product, EinsumTensor tensor);

/// The tensor laid out anew, without what is summed alone: batch, then rows (of the right operand: inner),
/// then columns (of the left one: inner).
EinsumProduct laid_out(EinsumProduct product, EinsumTensor tensor);

/// How many of the tensors have to be laid out anew.
int transposes_of(const EinsumProduct& product);

}  // namespace ns
