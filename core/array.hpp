/// A tensor with its values: what is read from and written to files of arrays, and what the reference
/// computes on.
#pragma once

#include "core/dtype.hpp"
#include "core/shape.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace ns {

/// Values row-major, as doubles, which hold every number of the types up to 32 bits and integers up to 2^53
/// exactly. Neither strings nor complex numbers. As many values as the shape has elements.
struct Array {
  DType dtype = DType::float32;
  Shape shape;
  std::vector<double> values;

  friend bool operator==(const Array&, const Array&) = default;
};

/// An array of zeros.
Array zeros(DType dtype, Shape shape);

/// What an element of `dtype` keeps of `value`: real numbers are rounded to the nearest (ties to even) and
/// become infinite beyond the largest, those of the types without infinity become the largest or NaN as ONNX
/// says of saturating casts (https://onnx.ai/onnx/technical/float8.html); for integers the fraction goes and
/// the rest wraps around, as two's complement does; NaN becomes 0 there and in 4 bits; of booleans, whether
/// it is not 0.
double rounded(DType dtype, double value);

/// Smallest and largest number of an integer type, as doubles hold them; of others 0.
std::pair<double, double> range_of(DType dtype);

/// The nearest number that `dtype` has: of integers ties go to even, what is beyond them becomes the smallest
/// or largest, and NaN 0.
double saturated(DType dtype, double value);

/// The whole number that an element stands for: its fraction goes, NaN is 0, and what 64 bits do not hold is
/// the smallest or largest that they do (2^63 is the nearest double of the largest).
std::int64_t integer_of(double value);

/// Every value of `array` as its element type keeps it.
void round_values(Array& array);

}  // namespace ns
