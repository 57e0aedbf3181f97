/// Element types, by the names that `formats` documents use.
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string_view>

namespace ns {

enum class DType : std::uint8_t {
  float32,
  float16,
  bfloat16,
  float64,
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
  boolean,
  float8e4m3fn,
  float8e4m3fnuz,
  float8e5m2,
  float8e5m2fnuz,
  float8e8m0,
  float4e2m1,
  int4,
  uint4,
  int2,
  uint2,
  string,
  complex64,
  complex128,
};

/// "float32", "int8", "bool", ...
std::string_view to_string(DType type);

/// The inverse; bad_input for an unknown name.
Result<DType> parse_dtype(std::string_view name);

/// Bits of one element: types below a byte are packed. 0 for strings, whose length is their own.
std::int64_t element_bits(DType type);

/// Whether elements stand for real numbers: float64 down to float4, not complex ones.
bool is_floating(DType type);

}  // namespace ns
