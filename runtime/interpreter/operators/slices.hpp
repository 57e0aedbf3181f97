/// Arrays taken apart and put together along an axis.
#pragma once

#include "core/array.hpp"
#include "core/error.hpp"
#include "runtime/interpreter/operators.hpp"

#include <cstdint>
#include <vector>

namespace ns {

/// `parts` behind each other along `axis` (counted from the back if negative), which is a new one if
/// `new_axis`. bad_input where shapes do not go together.
Result<Array> joined(const OperatorCall& call, const std::vector<const Array*>& parts, std::int64_t axis,
                     bool new_axis);

/// Slice `step` along `axis`, without that axis. Precondition: there is such a slice.
Array slice_at(const Array& array, std::size_t axis, std::int64_t step);

}  // namespace ns
