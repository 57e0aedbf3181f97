/// What the generators of all layer types draw from.
#pragma once

#include "generate.hpp"

#include <vector>

namespace ns {

using Extents = std::vector<std::int64_t>;

/// Powers of two, odd numbers, numbers just beside a vector's width.
std::int64_t random_channels(Random& random);
/// Mostly two spatial axes, else one or three.
std::size_t random_axes(Random& random);
/// [N, channels, spatial...], each spatial extent up to `most` (half of it for three axes).
Shape random_maps(Random& random, std::size_t axes, std::int64_t channels, std::int64_t most = 14);
/// Any rank from 1 to 5.
Shape random_tensor(Random& random);
/// An axis of `shape`.
std::int64_t random_axis(Random& random, const Shape& shape);
/// One value for all axes, or one for each.
Extents per_axis(Random& random, std::size_t axes, std::int64_t low, std::int64_t high);
Extents random_pads(Random& random, const Extents& kernel);
/// One operand of `shape` with some extents, or leading axes, left to broadcasting.
Shape shrunk(Random& random, const Shape& shape);

// generate_filters.cpp
LayerConfig random_conv(Random& random);
LayerConfig random_fc(Random& random);
/// On whole numbers, with filters of whole ones; one in four leaves real numbers.
LayerConfig random_integer_conv(Random& random);
LayerConfig random_integer_fc(Random& random);
/// On real numbers, with filters stored as whole ones.
LayerConfig random_stored_conv(Random& random);
LayerConfig random_stored_fc(Random& random);
/// The same, made whole as they arrive.
LayerConfig random_dynamic_conv(Random& random);
LayerConfig random_dynamic_fc(Random& random);
LayerConfig random_dynamic_rnn(Random& random);

// One maker per layer type of the other files.
LayerConfig random_deconv(Random& random);
LayerConfig random_matmul(Random& random);
LayerConfig random_einsum(Random& random);
LayerConfig random_attention(Random& random);
LayerConfig random_rnn(Random& random);
LayerConfig random_reduce(Random& random);
LayerConfig random_topk(Random& random);
LayerConfig random_cumsum(Random& random);
LayerConfig random_cast(Random& random);
LayerConfig random_crop(Random& random);
LayerConfig random_pad(Random& random);
LayerConfig random_expand(Random& random);
LayerConfig random_tile(Random& random);
LayerConfig random_transpose(Random& random);
LayerConfig random_depth_space(Random& random);
LayerConfig random_gather(Random& random);
LayerConfig random_scatter(Random& random);
LayerConfig random_resize(Random& random);

}  // namespace ns
