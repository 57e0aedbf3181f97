/// Layouts of fp32 tensors: dense, channel-blocked, or left to the primitive.
#pragma once

#include "core/shape.hpp"
#include "kernels/onednn/loops/loops.hpp"
#include "kernels/onednn/primitives.hpp"

#include <vector>

namespace ns::onednn {

/// A scalar has one extent of 1.
Dims dims_of(const Shape& shape);

/// Row-major.
Desc dense(const Dims& dims);
inline Desc dense(const Shape& shape) { return dense(dims_of(shape)); }
/// Whatever the primitive prefers.
Desc any(const Dims& dims);
inline Desc any(const Shape& shape) { return any(dims_of(shape)); }

/// How many channels (axis 1) stand side by side: 1 dense, 8 or 16 blocked, 0 for a layout of another kind.
std::int64_t channel_block(const Desc& desc, const Dims& dims);

/// Channels in blocks of `block`; dense for 1.
Desc with_block(const Shape& shape, std::int64_t block);

/// What a convolution in `shape`'s place would write: the layout that a follower of one finds. Dense where
/// that is no layout of ours, or where there are no spatial axes.
Desc behind_convolution(const dnnl::engine& engine, const Shape& shape);

/// Maps as the loops see them; `block` from channel_block().
Maps maps_of(const Shape& shape, std::int64_t block);

/// One value per channel, filled up with zeros to whole blocks.
std::vector<float> in_whole_blocks(std::vector<float> per_channel, std::int64_t block);

}  // namespace ns::onednn
