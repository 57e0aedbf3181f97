/// Random small layers of one type, for holding a backend against the reference.
#pragma once

#include "net/layer.hpp"

#include <cstdint>
#include <random>
#include <string_view>

namespace ns {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_{seed} {}
  /// An integer from `low` to `high`, both included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(std::int64_t one_in) { return between(1, one_in) == 1; }
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11U) * 0x1.0p-53;
  }
  template <class List>
  auto pick(const List& list) {
    return list[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(list.size()) - 1))];
  }

 private:
  std::mt19937_64 engine_;
};

/// A valid layer of `type` ("conv", ..., or "conv+", "fc+" with something fused behind).
LayerConfig random_layer(std::string_view type, Random& random);

}  // namespace ns
