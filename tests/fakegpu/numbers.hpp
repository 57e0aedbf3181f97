/// Numbers of the device's types, converted by NVIDIA's own headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <library_types.h>

namespace fakegpu {

/// Bytes of one number; 0 for types that this library does not know.
constexpr std::size_t size_of(cudaDataType_t type) {
  if (type == CUDA_R_32F) return sizeof(float);
  return type == CUDA_R_16F || type == CUDA_R_16BF ? sizeof(std::uint16_t) : 0;
}

inline float number_at(const void* memory, std::int64_t place, cudaDataType_t type) {
  if (type == CUDA_R_16F) return __half2float(static_cast<const __half*>(memory)[place]);
  if (type == CUDA_R_16BF) return __bfloat162float(static_cast<const __nv_bfloat16*>(memory)[place]);
  return static_cast<const float*>(memory)[place];
}

/// Rounded once to single precision, in which the device computes, and then to the type.
inline void put_number(void* memory, std::int64_t place, cudaDataType_t type, double number) {
  const auto single = static_cast<float>(number);
  if (type == CUDA_R_16F) {
    static_cast<__half*>(memory)[place] = __float2half_rn(single);
  } else if (type == CUDA_R_16BF) {
    static_cast<__nv_bfloat16*>(memory)[place] = __float2bfloat16_rn(single);
  } else {
    static_cast<float*>(memory)[place] = single;
  }
}

}  // namespace fakegpu
