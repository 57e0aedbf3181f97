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
};

/// "float32", "int8", "bool", ...
std::string_view to_string(DType type);

/// The inverse; bad_input for an unknown name.
Result<DType> parse_dtype(std::string_view name);

/// Bytes of one element.
std::int64_t element_bytes(DType type);

}  // namespace ns
