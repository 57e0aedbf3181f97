/// The fake device's world: time and power, which pass only when a fake kernel runs or somebody waits, so
/// that the true energy of any span is known.
#pragma once

#include "core/units.hpp"

#include <cstddef>
#include <vector>

namespace ns::fake {

class Timeline {
 public:
  /// The device draws `power` for `time`.
  void pass(Seconds time, Watts power);
  /// It idles.
  void wait(Seconds time) { pass(time, idle_); }
  void set_idle(Watts power) { idle_ = power; }

  [[nodiscard]] Seconds now() const { return now_; }
  [[nodiscard]] Watts idle() const { return idle_; }
  /// Since the beginning.
  [[nodiscard]] Joules energy_until(Seconds time) const;

 private:
  /// Constant power until `end`.
  struct Stretch {
    Seconds end{};
    Joules energy;  // until its end
    Watts power;
  };
  std::vector<Stretch> stretches_;
  Seconds now_{0};
  Joules energy_;
  Watts idle_{0.5};
};

/// Of this process, which has one fake world.
Timeline& timeline();

}  // namespace ns::fake
