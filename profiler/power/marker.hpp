/// A pattern of load by which the clock of a meter that stands elsewhere is found.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "profiler/power/rail.hpp"

#include <array>
#include <span>
#include <vector>

namespace ns {

struct Busy {
  Seconds begin{};
  Seconds end{};
};

/// Lengths of load and idling by turns, beginning with load, as multiples of a unit; no shift of the pattern
/// looks like it.
inline constexpr std::array<double, 9> marker_pattern{4, 6, 2, 3, 5, 2, 3, 7, 4};

/// What to add to the time stamps of `log` so that its power is high while the load ran: the shift with the
/// largest difference of mean powers. io if that difference does not stand out from the noise.
Result<Seconds> find_offset(std::span<const Reading> log, std::span<const Busy> load);

}  // namespace ns
