/// The ways to a product of whole numbers, in order of preference: integer.cpp tries oneDNN's own first.
#pragma once

#include "kernels/onednn/integer_product.hpp"

namespace ns::onednn {

/// oneDNN sums products of bytes with their zero points, which are taken away from the sums: those of
/// filters, which it does not know, and those that are known when the layer runs. False where it has but
/// plain loops for them.
bool build_sums(const IntegerProduct& product, const IntegerWeights& stored, Builder& plan);

/// Loops of our own.
void build_loops(const IntegerProduct& product, const IntegerWeights& stored, Builder& plan);

}  // namespace ns::onednn
