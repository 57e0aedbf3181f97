/// Layouts of tensors: dense, in blocks of channels, channels last, or left to the primitive. Elements are
/// float32 where nothing else is said.
#pragma once

#include "core/shape.hpp"
#include "kernels/onednn/device.hpp"
#include "kernels/onednn/loops/loops.hpp"
#include "kernels/onednn/primitives.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns::onednn {

/// A scalar has one extent of 1.
Dims dims_of(const Shape& shape);

/// Row-major.
Desc dense(const Dims& dims);
inline Desc dense(const Shape& shape) { return dense(dims_of(shape)); }
Desc dense_of(const Shape& shape, dnnl::memory::data_type element);
/// Whatever the primitive prefers.
Desc any(const Dims& dims);
inline Desc any(const Shape& shape) { return any(dims_of(shape)); }

/// The layouts that our loops know, besides those that only oneDNN does.
enum class Layout : std::uint8_t { other, dense, blocks_of_8, blocks_of_16, channels_last };

Layout layout_of(const Desc& desc, const Dims& dims);
inline bool is_blocked(Layout layout) {
  return layout == Layout::blocks_of_8 || layout == Layout::blocks_of_16;
}
/// `shape` in that layout; dense where it has no spatial axes, or for `other`.
Desc in_layout(const Shape& shape, Layout layout);
/// The same layout with float32 elements; dense where it is none of ours.
Desc as_floats(const Desc& desc);
/// `like`'s layout with other elements; dense for `other`.
Desc with_elements(const Desc& like, dnnl::memory::data_type element);
/// How many channels stand side by side.
std::int64_t block_of(Layout layout, std::int64_t channels);

/// What a convolution in `shape`'s place would write: the layout that a follower of one finds. Dense where
/// that is no layout of ours, or where there are no spatial axes.
Desc behind_convolution(const dnnl::engine& engine, const Shape& shape);

/// Where a product of whole numbers writes a tensor of `type` as bytes: in which layout a follower finds it.
std::optional<Desc> behind_integers(const Device& device, const TensorType& type);

/// Maps as the loops see them.
Maps maps_of(const Shape& shape, Layout layout);

/// One value per channel, filled up with zeros to whole blocks.
std::vector<float> in_whole_blocks(std::vector<float> per_channel, std::int64_t block);

}  // namespace ns::onednn
