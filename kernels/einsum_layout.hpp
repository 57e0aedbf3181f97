/// How the tensors of an einsum are laid out for the product of matrices that it is.
#pragma once

#include "net/layers/einsum_product.hpp"

#include <vector>

namespace ns {

/// Of an operand or the result, in the order that laid_out() gives them.
EinsumProduct::Labels labels_in(const EinsumProduct& product, EinsumTensor tensor);

/// Those of the result in its own order, whatever their strides in `product` are now.
EinsumProduct::Labels in_order(const EinsumProduct& product, const EinsumProduct& original);

/// Stored values of an operand, laid out anew.
std::vector<float> stored_layout(const EinsumProduct& product, EinsumTensor tensor,
                                 const std::vector<float>& values);

/// Batch axes that go on alike in all three tensors are one.
EinsumProduct::Labels joined_batch(const EinsumProduct& product);

}  // namespace ns
