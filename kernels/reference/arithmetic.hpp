/// Arithmetic of two values of one element type where integers differ from real numbers, or NaN matters.
#pragma once

#include "core/dtype.hpp"

#include <cstdint>

namespace ns::reference {

/// The larger and the smaller of two; NaN if either is.
double larger(double a, double b);
double smaller(double a, double b);

/// An integer in two's complement; those beyond 64 bits wrap around.
std::int64_t bits_of(double value);

// Of integers, a number that rounded(dtype, ...) makes the one that wraps around exactly, as long as the
// operands are exact.
double product(DType dtype, double a, double b);
/// Of integers, towards zero, and 0 if `b` is 0.
double quotient(DType dtype, double a, double b);
double power(DType dtype, double base, double exponent);

}  // namespace ns::reference
