#include "profiler/power/recording.hpp"

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <mutex>

namespace ns {
namespace {

constexpr std::size_t most_readings = 4'000'000;  // of one rail in one recording: hours at any sensor's pace

}  // namespace

std::vector<Trace> empty_traces(const Meter& meter) {
  std::vector<Trace> traces;
  for (const auto& rail : meter.facts().rails) traces.emplace_back(rail);
  return traces;
}

Recording::Recording(Meter& meter) : meter_{&meter}, traces_{empty_traces(meter)} {
  auto passed_over = empty_traces(meter);
  meter.read(passed_over);
  const auto every = meter.facts().ask_every;
  if (!every) return;
  asking_ = std::jthread{[this, pause = *every](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock{mutex};
    while (!stop.stop_requested()) {
      ask();
      woken.wait_for(lock, stop, pause, [] { return false; });
    }
  }};
}

Recording::~Recording() = default;

void Recording::ask() {
  if (traces_.front().readings().size() < most_readings) meter_->read(traces_);
  count_ = traces_.front().readings().size();
}

std::vector<Trace> Recording::finish() {
  if (asking_.joinable()) {
    asking_.request_stop();
    asking_.join();
  }
  ask();
  return std::move(traces_);
}

Span total_energy(const std::vector<Trace>& traces, Seconds begin, Seconds end, LoadIn load) {
  Span sum;
  sum.energy = Joules{};
  bool first = true;
  for (const auto& trace : traces) {
    auto span = trace.energy(begin, end, load);
    sum.distinct = first ? span.distinct : std::min(sum.distinct, span.distinct);
    first = false;
    if (sum.energy && span.energy)
      *sum.energy += *span.energy;
    else
      sum.energy.reset();
    std::ranges::move(span.faults, std::back_inserter(sum.faults));
  }
  return sum;
}

}  // namespace ns
