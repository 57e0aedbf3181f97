#include "profiler/clock.hpp"

#include <chrono>
#include <thread>

namespace ns {

Clock steady_clock() {
  return Clock{[] { return Seconds{std::chrono::steady_clock::now().time_since_epoch()}; },
               [](Seconds time) { std::this_thread::sleep_for(time); }};
}

}  // namespace ns
