/// The functions whose values shape arithmetic needs, element by element.
#pragma once

#include "net/onnx/rules/arithmetic.hpp"

namespace ns::onnx::element {

Extent add(const Extent& a, const Extent& b);
Extent subtract(const Extent& a, const Extent& b);
Extent multiply(const Extent& a, const Extent& b);
/// Towards zero, as ONNX divides integers.
Extent divide(const Extent& a, const Extent& b);
/// Unknown unless b divides a: the quotient of real numbers that are whole.
Extent divide_whole(const Extent& a, const Extent& b);
Extent power(const Extent& a, const Extent& b);
/// With the sign of the divisor (Python), and of the dividend (C: fmod = 1).
Extent modulo(const Extent& a, const Extent& b);
Extent remainder(const Extent& a, const Extent& b);

Extent is_less(const Extent& a, const Extent& b);
Extent is_greater(const Extent& a, const Extent& b);
Extent is_less_or_equal(const Extent& a, const Extent& b);
Extent is_greater_or_equal(const Extent& a, const Extent& b);
Extent is_equal(const Extent& a, const Extent& b);

Extent both(const Extent& a, const Extent& b);
Extent any(const Extent& a, const Extent& b);
Extent one(const Extent& a, const Extent& b);
Extent bits_and(const Extent& a, const Extent& b);
Extent bits_or(const Extent& a, const Extent& b);
Extent bits_xor(const Extent& a, const Extent& b);
Extent shift_left(const Extent& a, const Extent& b);
Extent shift_right(const Extent& a, const Extent& b);

Extent same(const Extent& a);
Extent negate(const Extent& a);
Extent absolute(const Extent& a);
Extent sign(const Extent& a);
Extent rectify(const Extent& a);
Extent logical_not(const Extent& a);

double modulo(double a, double b);
double sign(double a);

}  // namespace ns::onnx::element
