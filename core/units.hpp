/// Physical quantities. No public header passes a bare double for a time, a size or a power.
#pragma once

#include <chrono>
#include <compare>

namespace ns {

/// Every duration in the project, on any clock.
using Seconds = std::chrono::duration<double>;

/// A number that carries its unit in its type: like adds to like, the rest does not compile.
template <class Unit>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(double value) : value_{value} {}

  [[nodiscard]] constexpr double value() const { return value_; }

  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }

  friend constexpr auto operator<=>(Quantity, Quantity) = default;
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity{a.value_ + b.value_}; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity{a.value_ - b.value_}; }
  friend constexpr Quantity operator*(double k, Quantity a) { return Quantity{k * a.value_}; }
  friend constexpr double operator/(Quantity a, Quantity b) { return a.value_ / b.value_; }

 private:
  double value_ = 0.0;
};

using Bytes = Quantity<struct ByteUnit>;
using Macs = Quantity<struct MacUnit>;    // multiply-accumulates; one is two Flops
using Flops = Quantity<struct FlopUnit>;  // a count of operations, never a rate
using Watts = Quantity<struct WattUnit>;
using Joules = Quantity<struct JouleUnit>;
using BytesPerSecond = Quantity<struct BytesPerSecondUnit>;
using FlopsPerSecond = Quantity<struct FlopsPerSecondUnit>;

// Only the products that physics allows.
constexpr Joules operator*(Watts power, Seconds time) { return Joules{power.value() * time.count()}; }
constexpr Seconds operator/(Bytes size, BytesPerSecond rate) { return Seconds{size.value() / rate.value()}; }
constexpr Seconds operator/(Flops work, FlopsPerSecond rate) { return Seconds{work.value() / rate.value()}; }
constexpr FlopsPerSecond operator/(Flops work, Seconds time) {
  return FlopsPerSecond{work.value() / time.count()};
}

/// Links are sold in bits; everything inside counts bytes.
constexpr BytesPerSecond megabits_per_second(double rate) { return BytesPerSecond{rate * 1e6 / 8.0}; }
constexpr double in_megabits_per_second(BytesPerSecond rate) { return rate.value() * 8.0 / 1e6; }

}  // namespace ns
