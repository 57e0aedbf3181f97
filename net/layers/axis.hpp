/// Axes that parameters name.
#pragma once

#include "core/error.hpp"
#include "core/shape.hpp"

#include <cstdint>
#include <vector>

namespace ns {

/// bad_input unless 0 <= axis < rank of `input`.
Result<void> check_axis(std::int64_t axis, const Shape& input);

/// The same for several, of which none may stand twice.
Result<void> check_axes(const std::vector<std::int64_t>& axes, const Shape& input);

}  // namespace ns
