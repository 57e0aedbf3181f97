/// Layers that multiply 8-bit whole numbers.
#pragma once

#include "kernels/onednn/builder.hpp"
#include "net/layers/conv.hpp"
#include "net/layers/fc.hpp"

namespace ns::onednn {

/// On oneDNN where the device has instructions for such products, else in loops of our own.
Result<void> build_integer(const Conv& layer, Builder& plan);
Result<void> build_integer(const Fc& layer, Builder& plan);

}  // namespace ns::onednn
