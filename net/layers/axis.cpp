#include "net/layers/axis.hpp"

#include <fmt/format.h>

namespace ns {

Result<void> check_axis(std::int64_t axis, const Shape& input) {
  if (axis >= 0 && axis < static_cast<std::int64_t>(input.rank())) return {};
  return bad_input(fmt::format("there is no axis {} in input {}", axis, to_string(input)));
}

Result<void> check_axes(const std::vector<std::int64_t>& axes, const Shape& input) {
  std::vector<bool> seen(input.rank(), false);
  for (const auto axis : axes) {
    if (auto checked = check_axis(axis, input); !checked) return checked;
    if (seen[static_cast<std::size_t>(axis)]) return bad_input(fmt::format("axis {} stands twice", axis));
    seen[static_cast<std::size_t>(axis)] = true;
  }
  return {};
}

}  // namespace ns
