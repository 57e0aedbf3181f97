/// Draws that are the same on every machine: the standard fixes the generator, not its distributions.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>

namespace ns {

class Random {
 public:
  /// A stream of its own for every pair of seed and name.
  Random(std::uint64_t seed, std::string_view name) {
    std::uint64_t mixed = 14695981039346656037U ^ seed;  // FNV-1a over the name, started from the seed
    for (const auto letter : name) mixed = (mixed ^ static_cast<unsigned char>(letter)) * 1099511628211U;
    generator_.seed(mixed);
  }

  /// In [0, 1).
  double fraction() { return static_cast<double>(generator_() >> 11U) * 0x1p-53; }
  /// In [0, count). Precondition: count > 0.
  std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(fraction() * static_cast<double>(count));
  }
  /// In [first, last], each number as likely as another, or each factor as likely as another.
  std::int64_t uniform(std::int64_t first, std::int64_t last) {
    return first + static_cast<std::int64_t>(fraction() * static_cast<double>(last - first + 1));
  }
  std::int64_t logarithmic(std::int64_t first, std::int64_t last) {
    const auto low = std::log(static_cast<double>(first));
    const auto high = std::log(static_cast<double>(last) + 1.0);
    const auto drawn = static_cast<std::int64_t>(std::exp(low + fraction() * (high - low)));
    return std::min(std::max(drawn, first), last);
  }

 private:
  std::mt19937_64 generator_;
};

}  // namespace ns
