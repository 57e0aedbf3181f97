#include "kernels/reference/arithmetic.hpp"

#include "core/array.hpp"

#include <cmath>

namespace ns::reference {
namespace {

/// Products of 32 bits have up to 64, more than a double holds; of narrower types the lower 32 say all.
double number_of(DType dtype, std::uint64_t bits) {
  if (element_bits(dtype) <= 32) return static_cast<double>(static_cast<std::uint32_t>(bits));
  return static_cast<double>(static_cast<std::int64_t>(bits));
}

std::uint64_t word_of(double value) { return static_cast<std::uint64_t>(bits_of(value)); }

}  // namespace

double larger(double a, double b) { return a > b || std::isnan(a) ? a : b; }

double smaller(double a, double b) { return a < b || std::isnan(a) ? a : b; }

std::int64_t bits_of(double value) { return static_cast<std::int64_t>(rounded(DType::int64, value)); }

double product(DType dtype, double a, double b) {
  return is_floating(dtype) ? a * b : number_of(dtype, word_of(a) * word_of(b));
}

double quotient(DType dtype, double a, double b) {
  return is_floating(dtype) ? a / b : rounded(dtype, a / b);
}

double power(DType dtype, double base, double exponent) {
  const bool is_repeated = exponent >= 0.0 && exponent == std::trunc(exponent);
  if (is_floating(dtype) || !is_repeated) return std::pow(base, exponent);
  std::uint64_t made = 1;
  std::uint64_t factor = word_of(base);
  for (auto rest = word_of(exponent); rest != 0; rest >>= 1U) {
    if ((rest & 1U) != 0) made *= factor;
    factor *= factor;
  }
  return number_of(dtype, made);
}

}  // namespace ns::reference
