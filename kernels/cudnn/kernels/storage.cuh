// What real numbers are kept as: float, half or bfloat. Kernels are written once for all three, compute in
// float, and each has an entry of its own for each: ns_NAME, ns_NAME_f16, ns_NAME_bf16.
#pragma once

#include <cuda_fp16.h>

// The upper half of a float.
struct Bfloat {
  unsigned short bits;
};

__device__ inline float value(float stored) { return stored; }
__device__ inline float value(__half stored) { return __half2float(stored); }
__device__ inline float value(Bfloat stored) {
  return __uint_as_float(static_cast<unsigned>(stored.bits) << 16U);
}

// The nearest, of two the even one; beyond the largest infinity.
template <class Real>
__device__ Real stored(float value);
template <>
__device__ inline float stored<float>(float value) {
  return value;
}
template <>
__device__ inline __half stored<__half>(float value) {
  return __float2half_rn(value);
}
template <>
__device__ inline Bfloat stored<Bfloat>(float value) {
  const unsigned bits = __float_as_uint(value);
  if (value != value) return {static_cast<unsigned short>(bits >> 16U | 0x40U)};  // stays no number
  return {static_cast<unsigned short>((bits + 0x7fffU + (bits >> 16U & 1U)) >> 16U)};
}

// Of memory that holds real numbers, or whole ones, which stay floats.
template <class Real>
__device__ inline float value_at(const void* memory, unsigned place, int is_whole) {
  return is_whole != 0 ? static_cast<const float*>(memory)[place]
                       : value(static_cast<const Real*>(memory)[place]);
}

// NS_ENTRIES(name, (parameters), (arguments)): the entries of the kernel name<Real>, whose parameters may
// name Real.
#define NS_ENTRY(space, Type, entry, name, parameters, arguments)       \
  namespace space {                                                     \
  using Real = Type;                                                    \
  extern "C" __global__ void entry parameters { name<Real> arguments; } \
  }
#define NS_ENTRIES(name, parameters, arguments)                           \
  NS_ENTRY(of_float, float, ns_##name, name, parameters, arguments)       \
  NS_ENTRY(of_half, __half, ns_##name##_f16, name, parameters, arguments) \
  NS_ENTRY(of_bfloat, Bfloat, ns_##name##_bf16, name, parameters, arguments)
