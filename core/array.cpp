#include "core/array.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <utility>

namespace ns {
namespace {

/// A floating type below 32 bits: digits of its significand (the implied one included), exponents of its
/// smallest normal and of its largest number, and that largest number.
struct Narrow {
  DType dtype;
  int digits;
  int least_exponent;
  double largest;
  bool infinite;  // it has infinities; else larger numbers become the largest
  bool has_nan;   // else it becomes 0
};

constexpr std::array narrow_types{
    Narrow{DType::float16, 11, -14, 65504.0, true, true},
    Narrow{DType::bfloat16, 8, -126, 3.3895313892515355e38, true, true},
    Narrow{DType::float8e4m3fn, 4, -6, 448.0, false, true},
    Narrow{DType::float8e4m3fnuz, 4, -7, 240.0, false, true},
    Narrow{DType::float8e5m2, 3, -14, 57344.0, false, true},
    Narrow{DType::float8e5m2fnuz, 3, -15, 57344.0, false, true},
    Narrow{DType::float4e2m1, 2, 0, 6.0, false, false},
};

double narrowed(const Narrow& type, double value) {
  if (std::isnan(value)) return type.has_nan ? value : 0.0;
  if (value == 0.0) return value;
  if (std::isinf(value)) return type.infinite ? value : std::copysign(type.largest, value);
  const int exponent = std::max(std::ilogb(value), type.least_exponent);
  const double step = std::ldexp(1.0, exponent - type.digits + 1);
  const double near = std::nearbyint(value / step) * step;
  if (std::abs(near) <= type.largest) return near;
  return std::copysign(type.infinite ? std::numeric_limits<double>::infinity() : type.largest, value);
}

/// The exponent alone: a power of two between 2^-127 and 2^127.
double power_of_two(double value) {
  if (!(value > 0.0)) return std::isnan(value) ? value : std::ldexp(1.0, -127);
  if (std::isinf(value)) return std::ldexp(1.0, 127);
  return std::ldexp(1.0, std::clamp(static_cast<int>(std::nearbyint(std::log2(value))), -127, 127));
}

/// Two's complement of `bits` bits.
double wrapped(double value, int bits, bool is_signed) {
  if (!std::isfinite(value)) return 0.0;
  const double whole = std::trunc(value);
  const double span = std::ldexp(1.0, bits);
  const double low = is_signed ? -span / 2.0 : 0.0;
  // The largest integers of 64 bits are, as doubles, one more.
  if (whole >= low && (whole < low + span || (bits == 64 && whole == low + span))) return whole;
  return whole - std::floor((whole - low) / span) * span;
}

}  // namespace

Array zeros(DType dtype, Shape shape) {
  Array array{dtype, std::move(shape), {}};
  array.values.assign(static_cast<std::size_t>(array.shape.elements()), 0.0);
  return array;
}

double rounded(DType dtype, double value) {
  switch (dtype) {
    case DType::float64:
      return value;
    case DType::float32:
      return static_cast<double>(static_cast<float>(value));
    case DType::boolean:
      return value != 0.0 ? 1.0 : 0.0;
    case DType::float8e8m0:
      return power_of_two(value);
    case DType::int8:
    case DType::int16:
    case DType::int32:
    case DType::int64:
    case DType::int4:
    case DType::int2:
      return wrapped(value, static_cast<int>(element_bits(dtype)), true);
    case DType::uint8:
    case DType::uint16:
    case DType::uint32:
    case DType::uint64:
    case DType::uint4:
    case DType::uint2:
      return wrapped(value, static_cast<int>(element_bits(dtype)), false);
    default:
      break;
  }
  const auto* const type = std::ranges::find(narrow_types, dtype, &Narrow::dtype);
  return type == narrow_types.end() ? value : narrowed(*type, value);
}

std::pair<double, double> range_of(DType dtype) {
  const auto bits = static_cast<int>(element_bits(dtype));
  switch (dtype) {
    case DType::int2:
    case DType::int4:
    case DType::int8:
    case DType::int16:
    case DType::int32:
    case DType::int64:
      return {-std::ldexp(1.0, bits - 1), std::ldexp(1.0, bits - 1) - 1.0};
    case DType::uint2:
    case DType::uint4:
    case DType::uint8:
    case DType::uint16:
    case DType::uint32:
    case DType::uint64:
      return {0.0, std::ldexp(1.0, bits) - 1.0};
    default:
      return {0.0, 0.0};
  }
}

double saturated(DType dtype, double value) {
  if (is_floating(dtype)) return rounded(dtype, value);
  if (dtype == DType::boolean) return value == 0.0 ? 0.0 : 1.0;
  if (std::isnan(value)) return 0.0;
  const auto [low, high] = range_of(dtype);
  return std::clamp(std::nearbyint(value), low, high);
}

std::int64_t integer_of(double value) {
  constexpr double beyond = 9223372036854775808.0;  // 2^63
  if (std::isnan(value)) return 0;
  if (value >= beyond) return std::numeric_limits<std::int64_t>::max();
  if (value < -beyond) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

void round_values(Array& array) {
  if (array.dtype == DType::float64) return;
  if (array.dtype == DType::float32) {  // most of all, and so without a question per value
    for (double& value : array.values) value = static_cast<double>(static_cast<float>(value));
    return;
  }
  for (double& value : array.values) value = rounded(array.dtype, value);
}

}  // namespace ns
