/// What convolutions, transposed ones, local layers and pools share: the arithmetic of sliding windows, and
/// what is told of filters.
#pragma once

#include "core/error.hpp"
#include "core/shape.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
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

/// The paper's variables of filters over `input`: features of the map, and (kernel / stride) per axis times
/// their number (section 5.1).
std::vector<Feature> filter_variables(const Shape& input, std::int64_t filters,
                                      const std::vector<std::int64_t>& kernel,
                                      const std::vector<std::int64_t>& stride);

/// "dense|grouped|depthwise", kernel, stride, dilation: what must have been profiled for a prediction to be
/// trusted.
std::string filter_category(const Shape& input, std::int64_t groups, const std::vector<std::int64_t>& kernel,
                            const std::vector<std::int64_t>& stride,
                            const std::vector<std::int64_t>& dilation);

}  // namespace ns
