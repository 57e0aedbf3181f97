/// A window that slides over the spatial axes of a tensor: convolutions and pools.
#pragma once

#include "net/onnx/node_view.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ns::onnx {

struct Window {
  enum class Padding : std::uint8_t { given, same, valid };

  Dims kernel;  // may hold what is not known
  std::vector<std::int64_t> strides;
  std::vector<std::int64_t> dilations;
  std::vector<std::int64_t> begins;  // elements padded, where `padding` is given
  std::vector<std::int64_t> ends;
  Padding padding = Padding::given;
  bool ceil = false;  // round up, but the last window starts inside the input or before it

  [[nodiscard]] std::size_t rank() const { return kernel.size(); }
  /// Extent that the kernel covers on an axis: dilation x (kernel - 1) + 1.
  [[nodiscard]] Extent covered(std::size_t axis) const;
};

/// The attributes strides, pads, dilations, auto_pad and ceil_mode for a window of this kernel.
Result<Window> window_of(const NodeView& node, Dims kernel);

/// Kernel of the weights' shape, else of the attribute kernel_shape; bad_input where both contradict. Nothing
/// where neither is known. Weights have their spatial axes behind the first two.
Result<std::optional<Dims>> kernel_of(const NodeView& node, const std::optional<Dims>& weights);

/// Extents of the output of a window that slides over `extents`; bad_input where it does not fit in.
Result<Dims> slide(const NodeView& node, const Window& window, const Dims& extents);

/// Extents of the output of a transposed convolution: attributes output_padding and output_shape.
Result<Dims> spread(const NodeView& node, const Window& window, const Dims& extents);

/// Where batch, channels and spatial axes are.
enum class Layout : std::uint8_t { channels_first, channels_last };

/// ONNX Runtime's attribute channels_last.
Layout layout_of(const NodeView& node);

struct Image {
  Extent batch;
  Extent channels;
  Dims extents;
};

/// The parts of a shape; bad_input for fewer than 2 axes.
Result<Image> image_of(const NodeView& node, const Dims& dims, Layout layout);
Dims dims_of(Image image, Layout layout);

}  // namespace ns::onnx
