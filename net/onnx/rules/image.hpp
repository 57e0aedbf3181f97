/// Operators on images: what rules/image.cpp lists and other files hold.
#pragma once

#include "net/onnx/node_view.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace ns::onnx {

// resize.cpp
Result<void> resize(NodeView& node);
Result<void> upsample(NodeView& node);

/// The axes of a tensor that the attribute `axes` lists; all where it is not there.
Result<std::vector<std::size_t>> listed_axes(const NodeView& node, std::size_t rank);

// picture.cpp
struct Picture {
  std::int64_t height = 0;
  std::int64_t width = 0;
};

/// The size of a picture from the head of its file: BMP, JPEG, JPEG 2000, TIFF, PNG, WebP or PNM. Nothing
/// where `file` is none of them or ends before it says.
std::optional<Picture> picture_of(std::string_view file);

}  // namespace ns::onnx
