#include "core/shape.hpp"

#include "core/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ns {

std::int64_t Shape::elements(std::size_t first, std::size_t last) const {
  std::int64_t product = 1;
  for (std::size_t axis = first; axis < last; ++axis) product *= extents_[axis];
  return product;
}

std::string to_string(const Shape& shape) {
  return shape.rank() == 0 ? "scalar" : fmt::format("{}", fmt::join(shape.extents(), "x"));
}

Result<Shape> parse_shape(std::string_view text) {
  if (text == "scalar") return Shape{};
  std::vector<std::int64_t> extents;
  for (const auto part : split(text, 'x')) {
    const auto extent = parse_integer(part);
    if (!extent) return bad_input(fmt::format("'{}' is no shape; write it like 1x3x224x224", text));
    extents.push_back(*extent);
  }
  Shape shape{std::move(extents)};
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  return shape;
}

Result<void> check_shape(const Shape& shape) {
  if (shape.rank() > 8)
    return bad_input(
        fmt::format("shape {} has {} axes; at most 8 are supported", to_string(shape), shape.rank()));
  std::int64_t product = 1;
  for (const auto extent : shape.extents()) {
    if (extent < 0) return bad_input(fmt::format("shape {} has a negative extent", to_string(shape)));
    if (extent == 0) continue;
    if (product > max_elements / extent)
      return bad_input(fmt::format("shape {} has more than 2^48 elements", to_string(shape)));
    product *= extent;
  }
  return {};
}

}  // namespace ns
