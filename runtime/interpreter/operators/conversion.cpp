// Casts that say how numbers are rounded or what becomes of those that are too large.
#include "runtime/interpreter/operators/conversion.hpp"

#include "runtime/interpreter/operators.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// A power of two; the types without a sign keep nothing else.
double power_of_two(double value, std::string_view mode, bool saturate) {
  const double least = std::ldexp(1.0, -127);
  const double most = std::ldexp(1.0, 127);
  if (std::isnan(value)) return value;
  if (!(value >= least && value <= most)) {
    if (!saturate) return not_a_number;
    return value > most ? most : least;
  }
  const double below = std::ldexp(1.0, std::ilogb(value));
  if (value == below || mode == "down") return below;
  const bool up = mode == "up" || value >= 1.5 * below;
  return up ? std::min(2.0 * below, most) : below;
}

}  // namespace

bool may_overflow(DType dtype) {
  return dtype == DType::float8e4m3fn || dtype == DType::float8e4m3fnuz || dtype == DType::float8e5m2 ||
         dtype == DType::float8e5m2fnuz;
}

double unsaturated(DType dtype, double value) {
  if (std::isnan(value)) return value;
  const auto largest = rounded(dtype, std::numeric_limits<double>::infinity());
  const bool is_long = dtype == DType::float8e4m3fn || dtype == DType::float8e4m3fnuz;
  const auto step = std::ldexp(1.0, std::ilogb(largest) - (is_long ? 3 : 2));
  if (std::nearbyint(std::abs(value) / step) * step <= largest) return rounded(dtype, value);
  return dtype == DType::float8e5m2 ? std::copysign(std::numeric_limits<double>::infinity(), value)
                                    : not_a_number;
}

namespace {

Data converted(const OperatorCall& call, DType dtype) {
  Array made{dtype, call.in(0).shape, call.in(0).values};
  const bool saturate = call.view.integer("saturate", 1) != 0;
  if (dtype == DType::float8e8m0) {
    for (double& value : made.values)
      value = power_of_two(value, call.view.text("round_mode", "up"), saturate);
  } else if (may_overflow(dtype) && !saturate) {
    for (double& value : made.values) value = unsaturated(dtype, value);
    return outputs_of(std::move(made));
  }
  round_values(made);
  return outputs_of(std::move(made));
}

Result<Data> cast(const OperatorCall& call) {
  const auto& fact = call.outputs.front();
  if (!fact.dtype) return call.fail("the type of its output is not known");
  if (*fact.dtype == DType::string) return call.fail("strings are not computed here");
  return converted(call, *fact.dtype);
}

Result<Data> cast_like(const OperatorCall& call) { return converted(call, call.in(1).dtype); }

}  // namespace

std::span<const Operator> conversion_operators() {
  static constexpr std::array rows{
      Operator{"", "Cast", 1, cast},
      Operator{"", "CastLike", 2, cast_like},
  };
  return rows;
}

}  // namespace ns
