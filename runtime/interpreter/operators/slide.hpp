/// A window that slides over the axes behind batch and channels.
#pragma once

#include "core/shape.hpp"
#include "runtime/interpreter/operators.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ns {

class Slide {
 public:
  using Extents = std::vector<std::int64_t>;
  /// No kernel, stride, dilation or pad is larger; what is computed of them stays within 64 bits.
  static constexpr std::int64_t largest = std::int64_t{1} << 24U;

  /// With the node's strides, dilations, pads and auto_pad, over `in` in as many places as `out` says.
  /// Extents are of the spatial axes. bad_input where their numbers do not go together.
  static Result<Slide> of(const OperatorCall& call, Extents kernel, std::span<const std::int64_t> in,
                          std::span<const std::int64_t> out);

  [[nodiscard]] std::size_t rank() const { return kernel_.size(); }
  [[nodiscard]] std::int64_t places() const { return Shape{out_}.elements(); }
  [[nodiscard]] std::int64_t taps() const { return Shape{kernel_}.elements(); }
  [[nodiscard]] std::int64_t plane() const { return Shape{in_}.elements(); }

  /// Where tap `tap` of the window in place `place` reads on an axis; may lie outside.
  [[nodiscard]] std::int64_t at(std::int64_t place, std::int64_t tap, std::size_t axis) const;
  /// The element that it reads; none outside.
  [[nodiscard]] std::optional<std::int64_t> element(std::int64_t place, std::int64_t tap) const;
  /// Whether it reads an element or padding, not what lies behind that.
  [[nodiscard]] bool is_padded(std::int64_t place, std::int64_t tap) const;

 private:
  Extents kernel_, in_, out_, stride_, dilation_, begin_, end_;
};

/// How often a window that covers `covered` fits into `extent`, padded, `stride` apart.
std::int64_t fits(std::int64_t extent, std::int64_t covered, std::int64_t stride);

}  // namespace ns
