#include "kernels/onednn/layout.hpp"

#include <array>

namespace ns::onednn {
namespace {

struct BlockedTag {
  std::size_t rank;
  std::int64_t block;
  Tag tag;
};

constexpr std::array blocked_tags{
    BlockedTag{3, 8, Tag::nCw8c},    BlockedTag{3, 16, Tag::nCw16c}, BlockedTag{4, 8, Tag::nChw8c},
    BlockedTag{4, 16, Tag::nChw16c}, BlockedTag{5, 8, Tag::nCdhw8c}, BlockedTag{5, 16, Tag::nCdhw16c},
};

}  // namespace

Dims dims_of(const Shape& shape) {
  if (shape.rank() == 0) return {1};
  return {shape.extents().begin(), shape.extents().end()};
}

Desc dense(const Dims& dims) {
  Dims strides(dims.size(), 1);
  for (std::size_t axis = dims.size() - 1; axis > 0; --axis) strides[axis - 1] = strides[axis] * dims[axis];
  return {dims, dnnl::memory::data_type::f32, strides};
}

Desc any(const Dims& dims) { return {dims, dnnl::memory::data_type::f32, Tag::any}; }

std::int64_t channel_block(const Desc& desc, const Dims& dims) {
  if (desc == dense(dims)) return 1;
  for (const BlockedTag& candidate : blocked_tags) {
    if (candidate.rank == dims.size() && desc == Desc{dims, dnnl::memory::data_type::f32, candidate.tag})
      return candidate.block;
  }
  return 0;
}

Desc with_block(const Shape& shape, std::int64_t block) {
  for (const BlockedTag& candidate : blocked_tags) {
    if (candidate.rank == shape.rank() && candidate.block == block)
      return {dims_of(shape), dnnl::memory::data_type::f32, candidate.tag};
  }
  return dense(shape);
}

Desc behind_convolution(const dnnl::engine& engine, const Shape& shape) {
  const Dims dims = dims_of(shape);
  if (dims.size() < 3 || dims.size() > 5) return dense(dims);
  const std::size_t axes = dims.size() - 2;
  Dims weights{dims[1], dims[1]};
  weights.insert(weights.end(), axes, 3);
  const Sliding window{Dims(axes, 3), Dims(axes, 1), Dims(axes, 1), Dims(axes, 1), Dims(axes, 1)};
  const Recipe recipe =
      convolution(engine, any(dims), any(weights), any(Dims{dims[1]}), any(dims), window, {});
  if (!recipe) return dense(dims);
  Desc preferred = recipe.destination();
  return channel_block(preferred, dims) == 0 ? dense(dims) : preferred;
}

Maps maps_of(const Shape& shape, std::int64_t block) {
  Maps maps;
  maps.batch = shape[0];
  maps.channels = shape[1];
  maps.block = block;
  maps.width = shape.elements(2, shape.rank());
  if (shape.rank() == 4) {
    maps.height = shape[2];
    maps.width = shape[3];
  }
  return maps;
}

std::vector<float> in_whole_blocks(std::vector<float> per_channel, std::int64_t block) {
  const auto lanes = static_cast<std::size_t>(block);
  per_channel.resize((per_channel.size() + lanes - 1) / lanes * lanes, 0.0F);
  return per_channel;
}

}  // namespace ns::onednn
