#include "net/layers/window.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ns {
namespace {

/// No real window has an extent above this; below it nothing overflows.
constexpr std::int64_t max_extent = std::int64_t{1} << 30;

bool within(const std::vector<std::int64_t>& values, std::int64_t low) {
  return std::ranges::all_of(values,
                             [low](std::int64_t value) { return value >= low && value <= max_extent; });
}

Result<void> check(const Shape& input, const Window& window) {
  if (input.rank() < 3 || input.rank() > 5)
    return bad_input(
        fmt::format("input {} needs 1 to 3 spatial axes behind batch and channels", to_string(input)));
  const auto axes = input.rank() - 2;
  const auto fits = [axes](const std::vector<std::int64_t>& values) { return values.size() == axes; };
  if (!fits(window.kernel) || !fits(window.stride) || !fits(window.dilation) || window.pad.size() != 2 * axes)
    return bad_input(fmt::format("kernel, stride, dilation and pad must fit the {} spatial axes of input {}",
                                 axes, to_string(input)));
  if (!within(window.kernel, 1)) return bad_input("kernel must be positive");
  if (auto checked = check_shape(Shape{window.kernel}); !checked)
    return tl::unexpected{std::move(checked.error()).within("kernel")};
  if (!within(window.stride, 1)) return bad_input("stride must be positive");
  if (!within(window.dilation, 1)) return bad_input("dilation must be positive");
  if (!within(window.pad, 0)) return bad_input("pad must not be negative");
  return {};
}

/// Positions of a window on one axis. Rounded up, the last window must start inside the image or its begin
/// pad.
std::int64_t positions(std::int64_t extent, std::int64_t begin, std::int64_t reach, std::int64_t room,
                       std::int64_t stride, WindowEnd end, bool padded) {
  if (end == WindowEnd::floor) return (room - reach) / stride + 1;
  auto count = (room - reach + stride - 1) / stride + 1;
  const bool clips = end == WindowEnd::ceil || padded;
  if (clips && (count - 1) * stride >= extent + begin) --count;
  return count;
}

}  // namespace

Result<std::vector<std::int64_t>> window_positions(const Shape& input, const Window& window, WindowEnd end) {
  if (auto checked = check(input, window); !checked) return tl::unexpected{std::move(checked.error())};
  const auto axes = input.rank() - 2;
  const bool padded = std::ranges::any_of(window.pad, [](std::int64_t pad) { return pad > 0; });
  std::vector<std::int64_t> out;
  for (std::size_t axis = 0; axis < axes; ++axis) {
    const auto reach = (window.kernel[axis] - 1) * window.dilation[axis] + 1;
    const auto room = input[2 + axis] + window.pad[axis] + window.pad[axes + axis];
    if (room < reach)
      return bad_input(fmt::format("the window spans {} but the padded input only {} on spatial axis {}",
                                   reach, room, axis));
    out.push_back(
        positions(input[2 + axis], window.pad[axis], reach, room, window.stride[axis], end, padded));
  }
  return out;
}

std::int64_t window_elements(const std::vector<std::int64_t>& kernel) {
  std::int64_t product = 1;
  for (const auto extent : kernel) product *= extent;
  return product;
}

std::vector<Feature> filter_variables(const Shape& input, std::int64_t filters,
                                      const std::vector<std::int64_t>& kernel,
                                      const std::vector<std::int64_t>& stride) {
  auto per_pixel = static_cast<double>(filters);
  for (std::size_t axis = 0; axis < kernel.size(); ++axis)
    per_pixel *= static_cast<double>(kernel[axis]) / static_cast<double>(stride[axis]);
  return {{"input_features", static_cast<double>(input.elements())}, {"work_per_pixel", per_pixel}};
}

std::string filter_category(const Shape& input, std::int64_t groups, const std::vector<std::int64_t>& kernel,
                            const std::vector<std::int64_t>& stride,
                            const std::vector<std::int64_t>& dilation) {
  const bool depthwise = groups > 1 && groups == input[1];
  const auto* const sharing = depthwise ? "depthwise" : groups > 1 ? "grouped" : "dense";
  return fmt::format("{} k{} s{} d{}", sharing, fmt::join(kernel, "x"), fmt::join(stride, "x"),
                     fmt::join(dilation, "x"));
}

}  // namespace ns
