#include "net/onnx/rules/elements.hpp"

#include <cmath>

namespace ns::onnx::element {
namespace {

Extent truth(std::optional<bool> holds) { return holds ? Extent{*holds ? 1 : 0} : Extent{}; }
Extent denied(std::optional<bool> holds) { return holds ? Extent{*holds ? 0 : 1} : Extent{}; }

bool is(const Extent& extent, bool value) { return extent.is_known() && (extent.value() != 0) == value; }

bool divides(const Extent& divisor, const Extent& extent) {
  const auto quotient = Extent::quotient(extent, divisor);
  return quotient && !quotient->is_unknown();
}

/// f over two known numbers.
template <class Function>
Extent known(const Extent& a, const Extent& b, Function f) {
  if (!a.is_known() || !b.is_known()) return {};
  return f(a.value(), b.value());
}

constexpr std::int64_t widest_shift = 62;

}  // namespace

Extent add(const Extent& a, const Extent& b) { return a + b; }
Extent subtract(const Extent& a, const Extent& b) { return a - b; }
Extent multiply(const Extent& a, const Extent& b) { return a * b; }
Extent divide(const Extent& a, const Extent& b) { return a / b; }

Extent divide_whole(const Extent& a, const Extent& b) {
  if (b.is_known() && b.value() == 0) return {};
  return Extent::quotient(a, b).value_or(Extent{});
}

Extent power(const Extent& a, const Extent& b) {
  constexpr std::int64_t highest = 64;
  if (!b.is_known() || b.value() < 0 || b.value() > highest) return {};
  Extent product{1};
  for (std::int64_t i = 0; i < b.value(); ++i) product = product * a;
  return product;
}

Extent modulo(const Extent& a, const Extent& b) {
  if (b.is_known() && b.value() == 0) return {};
  if (divides(b, a)) return 0;
  const auto rest = remainder(a, b);
  if (!rest.is_known() || !b.is_known()) return {};
  return rest.value() != 0 && (rest.value() < 0) != (b.value() < 0) ? rest + b : rest;
}

Extent remainder(const Extent& a, const Extent& b) {
  if (b.is_known() && b.value() == 0) return {};
  if (divides(b, a)) return 0;
  // The smallest number has no quotient by -1.
  return known(a, b, [](auto x, auto y) { return y == -1 ? 0 : x % y; });
}

Extent is_less(const Extent& a, const Extent& b) { return truth(less(a, b)); }
Extent is_greater(const Extent& a, const Extent& b) { return truth(less(b, a)); }
Extent is_less_or_equal(const Extent& a, const Extent& b) { return denied(less(b, a)); }
Extent is_greater_or_equal(const Extent& a, const Extent& b) { return denied(less(a, b)); }
Extent is_equal(const Extent& a, const Extent& b) { return truth(equal(a, b)); }

Extent both(const Extent& a, const Extent& b) {
  if (is(a, false) || is(b, false)) return 0;
  return is(a, true) && is(b, true) ? Extent{1} : Extent{};
}

Extent any(const Extent& a, const Extent& b) {
  if (is(a, true) || is(b, true)) return 1;
  return is(a, false) && is(b, false) ? Extent{0} : Extent{};
}

Extent one(const Extent& a, const Extent& b) {
  return known(a, b, [](auto x, auto y) { return std::int64_t{(x != 0) != (y != 0)}; });
}

Extent bits_and(const Extent& a, const Extent& b) {
  return known(a, b, [](auto x, auto y) { return x & y; });
}

Extent bits_or(const Extent& a, const Extent& b) {
  return known(a, b, [](auto x, auto y) { return x | y; });
}

Extent bits_xor(const Extent& a, const Extent& b) {
  return known(a, b, [](auto x, auto y) { return x ^ y; });
}

Extent shift_left(const Extent& a, const Extent& b) {
  if (!a.is_known() || !b.is_known() || b.value() < 0 || b.value() > widest_shift) return {};
  return a * Extent{std::int64_t{1} << b.value()};
}

Extent shift_right(const Extent& a, const Extent& b) {
  if (!a.is_known() || !b.is_known() || a.value() < 0 || b.value() < 0) return {};
  return b.value() > widest_shift ? 0 : a.value() >> b.value();
}

Extent same(const Extent& a) { return a; }
Extent negate(const Extent& a) { return Extent{0} - a; }

Extent absolute(const Extent& a) {
  if (is_size(a)) return a;
  return a.is_known() ? negate(a) : Extent{};
}

Extent sign(const Extent& a) {
  if (!a.is_known()) return {};
  return a.value() > 0 ? 1 : (a.value() < 0 ? -1 : 0);
}

Extent rectify(const Extent& a) {
  if (is_size(a)) return a;
  return a.is_known() ? Extent{0} : Extent{};
}

Extent logical_not(const Extent& a) { return a.is_known() ? Extent{a.value() == 0 ? 1 : 0} : Extent{}; }

double modulo(double a, double b) {
  const auto rest = std::fmod(a, b);
  return rest != 0.0 && (rest < 0.0) != (b < 0.0) ? rest + b : rest;
}

double sign(double a) { return a > 0.0 ? 1.0 : (a < 0.0 ? -1.0 : a); }

}  // namespace ns::onnx::element
