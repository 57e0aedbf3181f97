#include "profiler/measure.hpp"

#include "core/statistics.hpp"

#include <cmath>
#include <limits>

namespace ns {
namespace {

constexpr Seconds shortest_settled{1e-6};  // below, the clock and the call are too much of the sample

std::vector<double> undisturbed(const Timing& timing) {
  std::vector<double> values;
  for (std::size_t i = 0; i < timing.samples.size(); ++i)
    if (!timing.disturbed[i]) values.push_back(timing.samples[i].count());
  return values;
}

/// Noisy, but no longer changing: the spread of the last noise estimates is a twentieth of their mean
/// (nvbench's second way to stop).
bool is_stable(const std::vector<double>& noise, std::size_t after) {
  constexpr double most_spread = 0.05;
  if (noise.size() <= after) return false;
  const std::vector<double> last(noise.end() - static_cast<std::ptrdiff_t>(after), noise.end());
  const auto spread = relative_standard_error(last) * std::sqrt(static_cast<double>(after));
  return spread < most_spread;
}

/// One measurement on its way.
class Sampler {
 public:
  Sampler(Timed& kernel, Caches caches, const MeasurePolicy& policy, const Clock& clock, Seconds pause)
      : kernel_{kernel}, caches_{caches}, policy_{policy}, clock_{clock}, pause_{pause} {}

  void warm_up() {
    constexpr std::size_t most = 8;
    constexpr double still_warming = 0.8;
    const auto begin = clock_.now();
    auto previous = run_once().time;
    for (std::size_t runs = 1; runs < most; ++runs) {
      if (clock_.now() - begin >= policy_.limit) return;
      const auto last = run_once().time;
      if (last >= still_warming * previous) return;
      previous = last;
    }
  }

  Timing sample() {
    Timing timing;
    std::vector<double> noise;
    const auto begin = clock_.now();
    bool on_target = false;
    while (timing.samples.size() < policy_.most) {
      const auto run = run_once();
      timing.samples.push_back(run.time);
      timing.disturbed.push_back(run.disturbed);
      const auto values = undisturbed(timing);
      const auto error = relative_error_of_median(values);
      if (std::isfinite(error)) noise.push_back(error * std::sqrt(static_cast<double>(values.size())));
      on_target = values.size() >= policy_.fewest && error <= policy_.target;
      if (on_target && values.size() >= policy_.enough) break;
      if (values.size() >= policy_.enough && check_now(values.size()) &&
          is_stable(noise, policy_.stable_after)) {
        on_target = true;
        break;
      }
      // A long kernel of which nothing is known yet gets a second chance.
      const auto fewest = values.empty() ? 2 * policy_.fewest : policy_.fewest;
      if (timing.samples.size() >= fewest && clock_.now() - begin >= policy_.limit) break;
    }
    summarise(timing, on_target);
    return timing;
  }

 private:
  static bool check_now(std::size_t samples) { return samples % 16 == 0; }

  Sample run_once() {
    if (pause_ > Seconds{0}) clock_.pause(pause_);
    if (caches_ == Caches::cold) kernel_.evict_weights();
    return kernel_.time();
  }

  Timed& kernel_;
  Caches caches_;
  const MeasurePolicy& policy_;
  const Clock& clock_;
  Seconds pause_;
};

}  // namespace

double relative_error_of_median(const std::vector<double>& values) {
  if (values.size() < 2) return std::numeric_limits<double>::infinity();
  constexpr double median_to_mean = 1.2533;  // sqrt(pi / 2): the median is that much noisier than the mean
  constexpr double quartiles_of_normal = 1.349;
  const auto spread = percentile(values, 0.75) - percentile(values, 0.25);
  const auto center = median(values);
  if (center <= 0.0) return std::numeric_limits<double>::infinity();
  return median_to_mean * spread / quartiles_of_normal / std::sqrt(static_cast<double>(values.size())) /
         center;
}

Timing measure(Timed& kernel, Caches caches, const MeasurePolicy& policy, const Clock& clock, Seconds pause) {
  Sampler sampler{kernel, caches, policy, clock, pause};
  sampler.warm_up();
  return sampler.sample();
}

void summarise(Timing& timing, bool on_target) {
  const auto values = undisturbed(timing);
  timing.median.reset();
  timing.settled = false;
  timing.notes = shape_notes(values);
  const bool mostly_disturbed = 2 * values.size() < timing.samples.size();
  if (mostly_disturbed) timing.notes.emplace_back("over half of the samples disturbed by other work");
  if (values.empty()) return;
  timing.median = Seconds{median(values)};
  const bool too_short = *timing.median < shortest_settled;
  if (too_short) timing.notes.emplace_back("shorter than 1 us, which the clock does not resolve");
  timing.settled = on_target && !too_short && !mostly_disturbed;
}

}  // namespace ns
