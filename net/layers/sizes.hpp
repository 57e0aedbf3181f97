/// Numbers of elements around a layer: all there is to know of one that only moves data.
#pragma once

#include "net/layers/signature.hpp"

#include <vector>

namespace ns {

/// "input_size" and "output_size", in elements.
std::vector<Feature> sizes(const Signature& tensors);

}  // namespace ns
