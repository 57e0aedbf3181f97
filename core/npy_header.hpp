/// What the header of a .npy file says of its array
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
#pragma once

#include "core/dtype.hpp"
#include "core/error.hpp"
#include "core/shape.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ns {

struct NpyHeader {
  DType dtype = DType::float32;
  bool big_endian = false;
  bool fortran_order = false;  // the first axis runs fastest
  Shape shape;
};

/// From the Python dictionary that stands there as text. bad_input for anything that is no array of real
/// numbers with at most 8 axes.
Result<NpyHeader> parse_npy_header(std::string_view text);

/// The type that numpy has for values of `dtype`, itself where it can be: float32 for bfloat16 and floating
/// types of 8 bits and fewer, int8 and uint8 for integers of 4 and 2 bits. Nothing for strings and complex
/// numbers.
std::optional<DType> numpy_type(DType dtype);

/// All that stands before the elements, byte for byte as numpy.save writes it; `dtype` is a numpy_type.
/// Little endian and row-major.
std::string print_npy_prefix(DType dtype, const Shape& shape);

}  // namespace ns
