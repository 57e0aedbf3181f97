/// One file per layer type: which call of cuDNN or cuBLAS, or which kernel of ours, runs it.
#pragma once

#include "core/error.hpp"
#include "kernels/cudnn/builder.hpp"
#include "net/layer.hpp"

namespace ns::cudnn {

Result<void> build(const Conv& layer, Builder& plan);
Result<void> build(const Deconv& layer, Builder& plan);
Result<void> build(const Fc& layer, Builder& plan);
Result<void> build(const Local& layer, Builder& plan);
Result<void> build(const Matmul& layer, Builder& plan);
Result<void> build(const Einsum& layer, Builder& plan);
Result<void> build(const Attention& layer, Builder& plan);
Result<void> build(const Rnn& layer, Builder& plan);
Result<void> build(const Pool& layer, Builder& plan);
Result<void> build(const Act& layer, Builder& plan);
Result<void> build(const Norm& layer, Builder& plan);
Result<void> build(const Softmax& layer, Builder& plan);
Result<void> build(const Argmax& layer, Builder& plan);
Result<void> build(const Topk& layer, Builder& plan);
Result<void> build(const Reduce& layer, Builder& plan);
Result<void> build(const Cumsum& layer, Builder& plan);
Result<void> build(const Eltwise& layer, Builder& plan);
Result<void> build(const Cast& layer, Builder& plan);
Result<void> build(const Concat& layer, Builder& plan);
Result<void> build(const Slice& layer, Builder& plan);
Result<void> build(const Crop& layer, Builder& plan);
Result<void> build(const Pad& layer, Builder& plan);
Result<void> build(const Expand& layer, Builder& plan);
Result<void> build(const Tile& layer, Builder& plan);
Result<void> build(const Transpose& layer, Builder& plan);
Result<void> build(const DepthSpace& layer, Builder& plan);
Result<void> build(const Gather& layer, Builder& plan);
Result<void> build(const Scatter& layer, Builder& plan);
Result<void> build(const Resize& layer, Builder& plan);
Result<void> build(const Reshape& layer, Builder& plan);
Result<void> build(const Identity& layer, Builder& plan);

/// Of layers that multiply 8-bit whole numbers.
Result<void> build_integer(const Conv& layer, Builder& plan);
Result<void> build_integer(const Fc& layer, Builder& plan);

/// The dispatcher: the builder's current group, epilogue included. Precondition: supports().
Result<void> build_group(Builder& plan);

/// Whether a group of a plan whose real numbers are kept as `kept` computes on copies in float32, for want of
/// a call or kernel for that type.
bool is_wide(const LayerConfig& layer, Element kept);

/// Whether such a layer reads maps of four axes in either layout: those that choose one, and those that leave
/// their output in what they are given.
bool takes_layouts(const LayerConfig& layer);
/// Of the current group, which has several inputs: nhwc where one comes in it and the layer takes it.
Layout joint_layout(const Builder& plan);

/// unsupported, and why: for a layer type that has no file here yet, what a library cannot do, tensors
/// without elements or with 2^31 of them.
Result<void> supports(const LayerConfig& layer, const Facts& gpu);

}  // namespace ns::cudnn
