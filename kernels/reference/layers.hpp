/// One plain loop per layer type, in double precision: the referee of the other backends.
#pragma once

#include "core/error.hpp"
#include "kernels/reference/operands.hpp"
#include "net/layer.hpp"

namespace ns::reference {

// What each type leaves in its outputs is not rounded yet; layers of integers leave numbers that wrap around.
void run(const Conv& layer, const Operands& operands);
void run(const Deconv& layer, const Operands& operands);
void run(const Fc& layer, const Operands& operands);
void run(const Local& layer, const Operands& operands);
void run(const Matmul& layer, const Operands& operands);
void run(const Einsum& layer, const Operands& operands);
void run(const Attention& layer, const Operands& operands);
void run(const Rnn& layer, const Operands& operands);
void run(const Pool& layer, const Operands& operands);
void run(const Act& layer, const Operands& operands);
void run(const Norm& layer, const Operands& operands);
void run(const Softmax& layer, const Operands& operands);
void run(const Argmax& layer, const Operands& operands);
void run(const Topk& layer, const Operands& operands);
void run(const Reduce& layer, const Operands& operands);
void run(const Cumsum& layer, const Operands& operands);
void run(const Eltwise& layer, const Operands& operands);
void run(const Cast& layer, const Operands& operands);
void run(const Concat& layer, const Operands& operands);
void run(const Slice& layer, const Operands& operands);
void run(const Crop& layer, const Operands& operands);
void run(const Pad& layer, const Operands& operands);
void run(const Expand& layer, const Operands& operands);
void run(const Tile& layer, const Operands& operands);
void run(const Transpose& layer, const Operands& operands);
void run(const DepthSpace& layer, const Operands& operands);
void run(const Gather& layer, const Operands& operands);
void run(const Scatter& layer, const Operands& operands);
void run(const Resize& layer, const Operands& operands);
void run(const Reshape& layer, const Operands& operands);
void run(const Identity& layer, const Operands& operands);

/// Fills the outputs, every value as its element type keeps it. Those without elements need no work.
/// Precondition: supports(), inputs and weights are rounded, outputs have the types of output_types().
void run(const LayerParams& layer, const Operands& operands);

/// unsupported for an opaque operator, a resize of a region that is not known, strings and complex numbers.
Result<void> supports(const LayerConfig& layer);

}  // namespace ns::reference
