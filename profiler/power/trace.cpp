#include "profiler/power/trace.hpp"

#include "core/quantity.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns {
namespace {

constexpr std::array<std::string_view, 8> kind_names{"stuck", "wrapped",   "backwards",  "gap",
                                                     "lost",  "ambiguous", "unreadable", "short"};

constexpr double long_gap = 5.0;       // periods without a reading
constexpr double most_guessed = 0.05;  // of a span
constexpr double standstill = 20.0;    // times the usual time between changes
constexpr double few_readings = 0.75;  // of those that the period promises
constexpr std::size_t some = 20;       // readings of which at least one must be new

Watts mean_power(Joules energy, Seconds time) { return Watts{energy.value() / time.count()}; }

Seconds median_of(std::vector<Seconds> times) {
  if (times.empty()) return Seconds{0};
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

}  // namespace

std::string_view to_string(Fault::Kind kind) { return kind_names[static_cast<std::size_t>(kind)]; }

void Trace::say(Fault::Kind kind, Seconds time, const std::string& what) {
  constexpr std::size_t most = 1000;  // a log that runs backwards would fill the memory with its faults
  if (faults_.size() == most) return;
  faults_.push_back(Fault{kind, time, fmt::format("{}: {}", rail_.label, what)});
}

void Trace::fail(Seconds time, const std::string& why) { say(Fault::Kind::unreadable, time, why); }

void Trace::add(const Reading& reading) {
  if (!readings_.empty() && reading.time <= readings_.back().time) {
    say(Fault::Kind::backwards, readings_.back().time,
        "a time stamp went backwards; its reading is left out");
    return;
  }
  if (const auto* power = std::get_if<Watts>(&reading.value))
    add_power(reading.time, *power);
  else
    add_counter(reading.time, std::get<Joules>(reading.value));
  readings_.push_back(reading);
}

void Trace::add_power(Seconds time, Watts power) {
  if (readings_.empty()) return push(time, Joules{}, true, true);
  const auto before = std::get<Watts>(readings_.back().value);
  push(time, 0.5 * (before + power) * (time - readings_.back().time), power != before, true);
}

void Trace::add_counter(Seconds time, Joules counter) {
  if (readings_.empty()) return;
  const auto before = std::get<Joules>(readings_.back().value);
  if (counter == before && rail_.repeats) return;
  // When the counter made its first step nobody saw; only where it steps faster than it is asked does the
  // first reading count.
  const bool asked_slowly = time - readings_.front().time >= rail_.period && readings_.size() == 1;
  if (points_.empty() && !asked_slowly) return push(time, Joules{}, true, true);
  if (points_.empty()) push(readings_.front().time, Joules{}, true, true);
  const auto step = unwrapped(time, counter - before);
  push(time, step.value_or(last_slope() * (time - points_.back().time)), counter != before, step.has_value());
}

std::optional<Joules> Trace::unwrapped(Seconds time, Joules step) {
  const auto passed = time - readings_.back().time;
  if (rail_.range && rail_.most && *rail_.most * passed > *rail_.range) {
    say(Fault::Kind::ambiguous, time,
        fmt::format("after {} without a reading the counter may have wrapped more than once", print(passed)));
    return std::nullopt;
  }
  if (step >= Joules{}) return step;
  // A counter that was reset lies anywhere; one that wrapped has come on by less than half of its range.
  if (const auto wrapped = step + rail_.range.value_or(Joules{});
      rail_.range && wrapped >= Joules{} && wrapped < 0.5 * *rail_.range) {
    say(Fault::Kind::wrapped, time, "the counter wrapped, which is reckoned with");
    return wrapped;
  }
  say(Fault::Kind::backwards, time, "the counter fell; the step is left out");
  return std::nullopt;
}

Watts Trace::last_slope() const {
  if (points_.size() < 2) return Watts{};
  const auto& last = points_.back();
  const auto& before = points_[points_.size() - 2];
  return mean_power(last.total - before.total, last.time - before.time);
}

void Trace::push(Seconds time, Joules step, bool changed, bool sound) {
  const auto total = points_.empty() ? Joules{} : points_.back().total;
  points_.push_back(Point{time, total + step, changed, sound});
}

Seconds Trace::period() const {
  if (rail_.period > Seconds{0}) return rail_.period;
  std::vector<Seconds> times;
  for (std::size_t i = 1; i < readings_.size(); ++i)
    times.push_back(readings_[i].time - readings_[i - 1].time);
  return median_of(std::move(times));
}

Seconds Trace::usual_change() const {
  std::vector<Seconds> times;
  std::optional<Seconds> before;
  for (const auto& point : points_) {
    if (!point.changed) continue;
    if (before) times.push_back(point.time - *before);
    before = point.time;
  }
  return median_of(std::move(times));
}

Joules Trace::total_at(Seconds time) const {
  const auto after = std::ranges::lower_bound(points_, time, {}, &Point::time);
  // Behind a counter's last step it goes on as before; energy() looks how far.
  if (after == points_.end()) return points_.back().total + last_slope() * (time - points_.back().time);
  if (after == points_.begin()) return after->total;
  const auto& before = *(after - 1);
  const auto part = (time - before.time) / (after->time - before.time);
  return before.total + part * (after->total - before.total);
}

bool Trace::counts() const {
  return !readings_.empty() && std::holds_alternative<Joules>(readings_.back().value);
}

Seconds Trace::guess(Seconds begin, Seconds end, Span& span) const {
  const auto longest = long_gap * period();
  Seconds guessed{0};
  for (std::size_t i = 1; i < points_.size(); ++i) {
    const auto from = std::max(begin, points_[i - 1].time);
    const auto to = std::min(end, points_[i].time);
    const auto passed = points_[i].time - points_[i - 1].time;
    // A counter goes on counting while nobody asks.
    const bool is_gap = !counts() && longest > Seconds{0} && passed > longest;
    if (to <= from || (points_[i].sound && !is_gap)) continue;
    guessed += to - from;
    if (is_gap)
      span.faults.push_back(Fault{Fault::Kind::gap, points_[i - 1].time,
                                  fmt::format("{}: a gap of {} was bridged", rail_.label, print(passed))});
  }
  return guessed;
}

void Trace::find_standstill(Seconds begin, Seconds end, LoadIn load, Span& span) const {
  // The stretches without a change that touch the span; one inside may be a steady load, but a counter always
  // counts.
  Seconds longest{0};
  Seconds since{0};
  const auto stretch = [&](Seconds from, Seconds to) {
    const bool touches = to > begin && from < end;
    const bool inside = from >= begin && to <= end;
    if (!touches || (!counts() && (inside || load == LoadIn::steady)) || to - from <= longest) return;
    longest = to - from;
    since = from;
  };
  std::optional<Seconds> before;
  std::size_t moves = 0;
  for (const auto& point : points_) {
    if (!point.changed) continue;
    ++moves;
    if (before) stretch(*before, point.time);
    before = point.time;
  }
  stretch(before.value_or(begin), std::max(end, readings_.back().time));
  // What moved a few times only, as with the load, has no usual pace.
  const bool never_moved = readings_.size() >= some && moves <= 1;
  if (!never_moved && (moves < some || longest <= standstill * std::max(usual_change(), period()))) return;
  if (never_moved) {
    since = readings_.front().time;
    longest = readings_.back().time - since;
  }
  span.faults.push_back(Fault{Fault::Kind::stuck, since,
                              fmt::format("{}: stuck, no new value for {}", rail_.label, print(longest))});
  span.energy.reset();
}

void Trace::find_loss(Seconds begin, Seconds end, Span& span) const {
  const auto usual = period();
  if (usual <= Seconds{0}) return;
  const auto got = static_cast<double>(std::ranges::upper_bound(readings_, end, {}, &Reading::time) -
                                       std::ranges::upper_bound(readings_, begin, {}, &Reading::time));
  const auto promised = (end - begin) / usual;
  if (promised < static_cast<double>(some) || got >= few_readings * promised) return;
  span.faults.push_back(Fault{
      Fault::Kind::lost, begin,
      fmt::format("{}: {:.0f} % of its readings are lost", rail_.label, 100.0 * (1.0 - got / promised))});
}

Span Trace::energy(Seconds begin, Seconds end, LoadIn load) const {
  Span span;
  for (const auto& fault : faults_)
    if (fault.time > begin && fault.time <= end) span.faults.push_back(fault);
  const bool covers = !points_.empty() && points_.front().time <= begin && readings_.back().time >= end;
  if (!covers) {
    span.faults.push_back(Fault{Fault::Kind::short_, begin,
                                fmt::format("{}: there are no readings for all of the span", rail_.label)});
    return span;
  }
  span.distinct = static_cast<std::size_t>(std::ranges::count_if(points_, [&](const Point& point) {
    return (point.changed || !rail_.repeats) && point.time > begin && point.time <= end;
  }));
  if (guess(begin, end, span) <= most_guessed * (end - begin)) span.energy = total_at(end) - total_at(begin);
  find_loss(begin, end, span);
  find_standstill(begin, end, load, span);
  return span;
}

}  // namespace ns
