/// Convolutions and fully connected layers as one thing: products of 8-bit whole numbers.
#pragma once

#include "kernels/geometry.hpp"
#include "kernels/onednn/builder.hpp"
#include "net/layers/conv.hpp"
#include "net/layers/fc.hpp"

#include <cstdint>
#include <vector>

namespace ns::onednn {

/// A convolution, or a fully connected layer seen as one whose rows are pixels.
struct IntegerProduct {
  Quantisation quantisation;
  DType input = DType::uint8;
  WindowGeometry window;
  Shape in;   // as the window sees it
  Shape out;  // likewise
  std::int64_t groups = 1;
  std::size_t spatial_axes = 2;
  bool is_rows = false;  // fully connected
};

IntegerProduct product_of(const Conv& layer, const Builder& plan);
IntegerProduct product_of(const Fc& layer, const Builder& plan);

/// Filters and channels of a group, kernel; the groups before them where there are several.
Dims filter_dims(const IntegerProduct& product);
Sliding sliding_of(const IntegerProduct& product);
IntegerWork work_of(const IntegerProduct& product);

/// What the layer stores, with factors and bias as the sums need them.
struct IntegerWeights {
  std::vector<float> filters;      // without their zero points
  std::vector<float> zero_points;  // empty: the middle of their type
  std::vector<float> factors;      // on the sums; the input's scale is not in those of a dynamic layer
  std::vector<float> bias;         // in units of the sums; of a dynamic layer in real ones
};

Result<IntegerWeights> read_weights(const IntegerProduct& product, bool bias, Builder& plan);

/// Bytes that stay.
View constant_bytes(std::span<const std::byte> bytes, const Desc& desc, Builder& plan);

/// Input and output as float32, the channels of a pixel (the columns of a row) side by side.
View read_pixels(const IntegerProduct& product, Builder& plan);
View write_pixels(const IntegerProduct& product, Builder& plan);

}  // namespace ns::onednn
