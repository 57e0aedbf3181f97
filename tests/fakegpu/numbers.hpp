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
  if (type == CUDA_R_32F || type == CUDA_R_32I) return sizeof(float);
  if (type == CUDA_R_8I) return 1;
  return type == CUDA_R_16F || type == CUDA_R_16BF ? sizeof(std::uint16_t) : 0;
}

inline double number_at(const void* memory, std::int64_t place, cudaDataType_t type) {
  if (type == CUDA_R_16F) return static_cast<double>(__half2float(static_cast<const __half*>(memory)[place]));
  if (type == CUDA_R_16BF)
    return static_cast<double>(__bfloat162float(static_cast<const __nv_bfloat16*>(memory)[place]));
  if (type == CUDA_R_8I) return static_cast<const std::int8_t*>(memory)[place];
  return static_cast<double>(static_cast<const float*>(memory)[place]);
}

/// Whole numbers as they are; real ones rounded once to single precision, in which the device computes, and
/// then to the type.
inline void put_number(void* memory, std::int64_t place, cudaDataType_t type, double number) {
  if (type == CUDA_R_32I) {
    static_cast<std::int32_t*>(memory)[place] = static_cast<std::int32_t>(number);
    return;
  }
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
