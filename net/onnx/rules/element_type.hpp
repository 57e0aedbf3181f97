/// Element types by the numbers of TensorProto.DataType, as attributes (`to`, `dtype`, `output_dtype`) give
/// them.
#pragma once

#include "core/dtype.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace ns::onnx {

/// Nothing for 0 (UNDEFINED) and numbers that this version does not know.
inline std::optional<DType> element_type(std::int64_t number) {
  using enum DType;
  static constexpr std::array types{
      float32,    uint8,      int8,         uint16,         int16,      int32,          int64,
      string,     boolean,    float16,      float64,        uint32,     uint64,         complex64,
      complex128, bfloat16,   float8e4m3fn, float8e4m3fnuz, float8e5m2, float8e5m2fnuz, uint4,
      int4,       float4e2m1, float8e8m0,   uint2,          int2};
  if (number < 1 || number > static_cast<std::int64_t>(types.size())) return std::nullopt;
  return types[static_cast<std::size_t>(number - 1)];
}

}  // namespace ns::onnx
