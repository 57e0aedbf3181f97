#include "kernels/core_pace.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>

namespace ns {
namespace {

volatile double factor = 0.9999;  // read at run time, so that no compiler computes the loops away
volatile double sink = 0.0;
constexpr double bin_width = 1.01;

/// Time of `steps` multiplications and additions on each of `chains` independent numbers.
template <std::size_t chains>
double time_of(int steps) {
  const double by = factor;
  std::array<double, chains> values{};
  const auto start = std::chrono::steady_clock::now();
  for (int step = 0; step < steps; ++step)
    for (auto& value : values) value = value * by + 1e-9;
  double sum = 0.0;
  for (const double value : values) sum += value;
  sink = sum;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The better of two runs: an interrupt seldom hits both.
template <std::size_t chains>
double best_of_two(int steps) {
  const double first = time_of<chains>(steps);
  return std::min(first, time_of<chains>(steps));
}

}  // namespace

bool CorePace::crowded() {
  constexpr std::size_t full = 24;  // scalar chains: more than any core's units times their latency
  return crowded(best_of_two<full>(400) / best_of_two<1>(800));
}

bool CorePace::crowded(double ratio) {
  constexpr double tolerance = 1.1;  // alone the ratio varies by 2 %; a busy twin adds 40 %
  constexpr std::uint32_t enough = 10;
  const double bin = std::round(std::log(ratio) / std::log(bin_width)) + bins / 2.0;
  ++seen_[static_cast<std::size_t>(std::clamp(bin, 0.0, bins - 1.0))];
  ++count_;
  return count_ > enough && ratio > tolerance * usual();
}

double CorePace::usual() const {
  constexpr std::uint32_t tenth = 10;
  std::uint32_t below = 0;
  std::size_t bin = 0;
  while (bin + 1 < bins && tenth * (below + seen_[bin]) < count_) below += seen_[bin++];
  return std::pow(bin_width, static_cast<double>(bin) - bins / 2.0);
}

}  // namespace ns
