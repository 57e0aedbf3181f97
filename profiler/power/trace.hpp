/// What one rail told over time, and how much energy that means between two instants.
///
/// A power stands for the time around its reading (trapezoids), a counter for what happened since its last
/// step. Energy is kept by both: a sensor that averages over a window tells the energy of a burst late but
/// whole, so spans begin and end in idle time, a window away from what they are to hold.
#pragma once

#include "core/units.hpp"
#include "profiler/power/rail.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Something that a trace shows to be wrong with its meter.
struct Fault {
  /// stuck: no new value for far longer than usual, of a power over a change of load; wrapped: a counter
  /// started again, which is mended; backwards: a counter or a time stamp fell; gap: nothing was told for
  /// several periods; lost: a good part of the readings is missing; ambiguous: the counter may have wrapped
  /// more than once; unreadable: a reading failed; short_: the trace does not cover the span.
  enum class Kind { stuck, wrapped, backwards, gap, lost, ambiguous, unreadable, short_ };
  Kind kind{};
  Seconds time{};
  std::string text{};  // a sentence part: "VDD_IN: a gap of 2.00 s was bridged"
};

/// "stuck", "wrapped", ...
std::string_view to_string(Fault::Kind kind);

/// Whether the load changes inside a span, so that a sensor that works must move, or may stand still.
enum class LoadIn { changing, steady };

/// The energy between two instants.
struct Span {
  std::optional<Joules> energy;  // none where over a twentieth of the span had to be guessed
  std::size_t distinct = 0;      // new values inside
  std::vector<Fault> faults;
};

class Trace {
 public:
  explicit Trace(Rail rail) : rail_{std::move(rail)} {}

  /// Readings come in the order of time; one that does not is dropped and said.
  void add(const Reading& reading);
  /// A reading failed.
  void fail(Seconds time, const std::string& why);

  /// A span of changing load begins and ends on another load than it holds.
  [[nodiscard]] Span energy(Seconds begin, Seconds end, LoadIn load = LoadIn::changing) const;

  [[nodiscard]] const Rail& rail() const { return rail_; }
  /// The rail's, else the median time between two readings.
  [[nodiscard]] Seconds period() const;
  /// All that were added, whether new or not.
  [[nodiscard]] const std::vector<Reading>& readings() const { return readings_; }

 private:
  /// A place on the curve of energy since the first reading; straight lines between.
  struct Point {
    Seconds time{};
    Joules total{};
    bool changed = false;  // the value differs from the one before
    bool sound = true;     // the line that leads here was measured, not guessed
  };

  void add_power(Seconds time, Watts power);
  void add_counter(Seconds time, Joules counter);
  void push(Seconds time, Joules step, bool changed, bool sound);
  void say(Fault::Kind kind, Seconds time, const std::string& what);
  [[nodiscard]] std::optional<Joules> unwrapped(Seconds time, Joules step);
  [[nodiscard]] Watts last_slope() const;
  [[nodiscard]] Joules total_at(Seconds time) const;
  /// How much of the span no reading speaks of; says the gaps.
  Seconds guess(Seconds begin, Seconds end, Span& span) const;
  [[nodiscard]] Seconds usual_change() const;
  [[nodiscard]] bool counts() const;
  void find_standstill(Seconds begin, Seconds end, LoadIn load, Span& span) const;
  void find_loss(Seconds begin, Seconds end, Span& span) const;

  Rail rail_;
  std::vector<Point> points_;
  std::vector<Reading> readings_;
  std::vector<Fault> faults_;
};

}  // namespace ns
