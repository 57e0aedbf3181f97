/// Extents of a tensor, outermost first (NCHW for feature maps). Rank 0 is a scalar; an extent of 0 is legal.
#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> extents) : extents_{extents} {}
  explicit Shape(std::vector<std::int64_t> extents) : extents_{std::move(extents)} {}

  [[nodiscard]] std::size_t rank() const { return extents_.size(); }
  [[nodiscard]] std::int64_t operator[](std::size_t axis) const { return extents_[axis]; }
  [[nodiscard]] std::int64_t& operator[](std::size_t axis) { return extents_[axis]; }
  [[nodiscard]] std::span<const std::int64_t> extents() const { return extents_; }

  /// Product of the extents from `first` (inclusive) to `last` (exclusive); 1 for an empty range.
  [[nodiscard]] std::int64_t elements(std::size_t first, std::size_t last) const;
  [[nodiscard]] std::int64_t elements() const { return elements(0, rank()); }

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<std::int64_t> extents_;
};

/// The most elements a tensor may have: 2^48, so that bytes and MACs of one layer stay exact in 64 bits.
inline constexpr std::int64_t max_elements = std::int64_t{1} << 48;

/// "1x3x224x224"; "scalar" for rank 0.
std::string to_string(const Shape& shape);

/// The inverse of to_string; bad_input for anything else, for a rank above 8 or more than max_elements.
Result<Shape> parse_shape(std::string_view text);

/// bad_input if an extent is negative, the rank is above 8 or there are more than max_elements; those of an
/// empty tensor's other axes count too, for parts of a shape are multiplied.
Result<void> check_shape(const Shape& shape);

}  // namespace ns
