/// Listening to a meter: it is asked at its own pace until the recording ends.
#pragma once

#include "profiler/power/meter.hpp"

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace ns {

class Recording {
 public:
  /// Begins; what the meter told before is passed over. Precondition: the meter outlives the recording, and
  /// nobody else reads it meanwhile.
  explicit Recording(Meter& meter);
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  ~Recording();

  /// How many readings of the first rail there are so far.
  [[nodiscard]] std::size_t count() const { return count_; }
  /// Ends it: a trace of each rail.
  std::vector<Trace> finish();

 private:
  void ask();

  Meter* meter_;
  std::vector<Trace> traces_;
  std::atomic<std::size_t> count_{0};
  std::jthread asking_;  // last: it uses the others
};

/// Traces without a reading, one of each rail.
std::vector<Trace> empty_traces(const Meter& meter);

/// The sum over a meter's rails; a fault of one is a fault of all, the fewest distinct values count.
Span total_energy(const std::vector<Trace>& traces, Seconds begin, Seconds end,
                  LoadIn load = LoadIn::changing);

}  // namespace ns
