#include "kernels/cpu_clock.hpp"

#include "kernels/core_pace.hpp"

#include <chrono>
#include <ctime>
#include <sys/resource.h>

namespace ns {
namespace {

Seconds processor_time(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return Seconds{static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec)};
}

long involuntary_switches(int who) {
  rusage usage{};
  getrusage(who, &usage);
  return usage.ru_nivcsw;
}

}  // namespace

Sample time_on_cpu(const std::function<void()>& work, int threads) {
  const clockid_t clock = threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID;
  const int who = threads == 1 ? RUSAGE_THREAD : RUSAGE_SELF;
  const long switches = involuntary_switches(who);
  thread_local CorePace pace;
  const bool crowded_before = pace.crowded();
  const Seconds processor_start = processor_time(clock);
  const auto start = std::chrono::steady_clock::now();
  work();
  const Seconds wall = std::chrono::steady_clock::now() - start;
  const Seconds processor = processor_time(clock) - processor_start;
  const bool switched = involuntary_switches(who) != switches;
  // Within a second somebody else nearly always gets a turn; what that cost a long run is in the difference.
  const bool lost = wall > 1.05 * processor + Seconds{2e-6};
  const bool lost_turn = switched && (wall < Seconds{0.01} || wall > 1.01 * processor);
  const bool crowded = pace.crowded() || crowded_before;
  return {wall, lost || lost_turn || crowded};
}

}  // namespace ns
