#include "kernels/onednn/layout.hpp"

#include <array>

namespace ns::onednn {
namespace {

struct Row {
  std::size_t rank;
  Layout layout;
  Tag tag;
};

constexpr std::array rows{
    Row{3, Layout::blocks_of_8, Tag::nCw8c},    Row{4, Layout::blocks_of_8, Tag::nChw8c},
    Row{5, Layout::blocks_of_8, Tag::nCdhw8c},  Row{3, Layout::blocks_of_16, Tag::nCw16c},
    Row{4, Layout::blocks_of_16, Tag::nChw16c}, Row{5, Layout::blocks_of_16, Tag::nCdhw16c},
    Row{3, Layout::channels_last, Tag::nwc},    Row{4, Layout::channels_last, Tag::nhwc},
    Row{5, Layout::channels_last, Tag::ndhwc},
};

constexpr auto real = dnnl::memory::data_type::f32;

Desc dense_of(const Dims& dims, dnnl::memory::data_type element) {
  Dims strides(dims.size(), 1);
  for (std::size_t axis = dims.size() - 1; axis > 0; --axis) strides[axis - 1] = strides[axis] * dims[axis];
  return {dims, element, strides};
}

/// The layout of elements that are not float32.
Layout layout_of_elements(const Desc& desc, const Dims& dims, dnnl::memory::data_type element) {
  if (desc == dense_of(dims, element)) return Layout::dense;
  for (const Row& row : rows)
    if (row.rank == dims.size() && desc == Desc{dims, element, row.tag}) return row.layout;
  return Layout::other;
}

}  // namespace

Dims dims_of(const Shape& shape) {
  if (shape.rank() == 0) return {1};
  return {shape.extents().begin(), shape.extents().end()};
}

Desc dense(const Dims& dims) { return dense_of(dims, real); }

Desc dense_of(const Shape& shape, dnnl::memory::data_type element) {
  return dense_of(dims_of(shape), element);
}

Desc any(const Dims& dims) { return {dims, real, Tag::any}; }

Layout layout_of(const Desc& desc, const Dims& dims) { return layout_of_elements(desc, dims, real); }

Desc in_layout(const Shape& shape, Layout layout) {
  for (const Row& row : rows) {
    if (row.rank == shape.rank() && row.layout == layout) return {dims_of(shape), real, row.tag};
  }
  return dense(shape);
}

Desc with_elements(const Desc& like, dnnl::memory::data_type element) {
  const Dims dims = extents_of(like);
  const Layout layout = layout_of_elements(like, dims, element_of(like));
  for (const Row& row : rows)
    if (row.rank == dims.size() && row.layout == layout) return {dims, element, row.tag};
  return dense_of(dims, element);
}

Desc as_floats(const Desc& desc) { return element_of(desc) == real ? desc : with_elements(desc, real); }

std::int64_t block_of(Layout layout, std::int64_t channels) {
  switch (layout) {
    case Layout::other:
    case Layout::dense:
      return 1;
    case Layout::blocks_of_8:
      return 8;
    case Layout::blocks_of_16:
      return 16;
    case Layout::channels_last:
      return channels;
  }
  return 1;
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
  return layout_of(preferred, dims) == Layout::other ? dense(dims) : preferred;
}

std::optional<Desc> behind_integers(const Device& device, const TensorType& type) {
  if (!device.multiplies_bytes) return std::nullopt;
  const Desc last = in_layout(type.shape, Layout::channels_last);
  if (type.dtype == DType::int8) return with_elements(last, dnnl::memory::data_type::s8);
  if (type.dtype == DType::uint8) return with_elements(last, dnnl::memory::data_type::u8);
  return std::nullopt;
}

Maps maps_of(const Shape& shape, Layout layout) {
  Maps maps;
  maps.batch = shape[0];
  maps.channels = shape[1];
  maps.block = block_of(layout, shape[1]);
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
