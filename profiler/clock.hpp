/// The time that measurements stand on besides what they measure; tests script it.
#pragma once

#include "core/units.hpp"

#include <functional>

namespace ns {

struct Clock {
  std::function<Seconds()> now;        // monotonic
  std::function<void(Seconds)> pause;  // sleeps
};

/// The system's.
Clock steady_clock();

}  // namespace ns
