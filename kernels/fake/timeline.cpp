#include "kernels/fake/timeline.hpp"

#include <algorithm>

namespace ns::fake {

void Timeline::pass(Seconds time, Watts power) {
  if (time <= Seconds{0}) return;
  now_ += time;
  energy_ += power * time;
  if (!stretches_.empty() && stretches_.back().power == power) {
    stretches_.back().end = now_;
    stretches_.back().energy = energy_;
  } else {
    stretches_.push_back(Stretch{now_, energy_, power});
  }
}

Joules Timeline::energy_until(Seconds time) const {
  const auto stretch = std::ranges::lower_bound(stretches_, time, {}, &Stretch::end);
  if (stretch == stretches_.end()) return energy_ + idle_ * (time - now_);
  return stretch->energy - stretch->power * (stretch->end - time);
}

Timeline& timeline() {
  static Timeline world;
  return world;
}

}  // namespace ns::fake
