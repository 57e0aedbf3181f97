/// The arithmetic of sliding windows, which convolutions, local layers and pools share.
#pragma once

#include "core/error.hpp"
#include "core/shape.hpp"

#include <cstdint>
#include <vector>

namespace ns {

/// A window over the spatial axes of [N, C, spatial...]; one entry per spatial axis, pads begins first, then
/// ends.
struct Window {
  const std::vector<std::int64_t>& kernel;
  const std::vector<std::int64_t>& stride;
  const std::vector<std::int64_t>& pad;
  const std::vector<std::int64_t>& dilation;
};

/// How a window that does not fit a whole number of times ends (see Pool::Rounding).
enum class WindowEnd { floor, ceil, caffe };

/// The output's spatial extents; bad_input unless the input has 1 to 3 spatial axes with one entry each, all
/// positive (pads at least 0), and the window fits into the padded input.
Result<std::vector<std::int64_t>> window_positions(const Shape& input, const Window& window, WindowEnd end);

/// Product of the kernel's extents.
std::int64_t window_elements(const std::vector<std::int64_t>& kernel);

}  // namespace ns
