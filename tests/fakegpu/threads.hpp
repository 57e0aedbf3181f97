/// What nvcc gives a kernel, for a host's compiler: kernels/cudnn/kernels/*.cu run on the CPU, block by
/// block, as they are.
#pragma once

#include <bit>
#include <cmath>
#include <cuda_fp16.h>  // before what it has meanings of its own for
#include <functional>
#include <utility>

#undef __global__
#undef __device__
#undef __shared__
#define __global__
#define __device__
#define __shared__ static

struct Place {
  unsigned x = 0;
};

extern Place threadIdx;
extern Place blockIdx;
extern Place blockDim;
extern Place gridDim;

/// All threads of the block wait for each other.
void __syncthreads();

inline unsigned __float_as_uint(float value) { return std::bit_cast<unsigned>(value); }
inline float __uint_as_float(unsigned bits) { return std::bit_cast<float>(bits); }

// One thread runs at a time. Each returns what was there before.
inline float atomicAdd(float* target, float value) { return std::exchange(*target, *target + value); }
inline unsigned atomicMax(unsigned* target, unsigned value) {
  return std::exchange(*target, *target < value ? value : *target);
}
inline unsigned atomicCAS(unsigned* target, unsigned expected, unsigned value) {
  return std::exchange(*target, *target == expected ? value : *target);
}

namespace fakegpu {

/// `thread` once for each thread of each block. Only threads that wait for each other need stacks of their
/// own.
void run_grid(unsigned blocks, unsigned threads, bool wait_for_each_other,
              const std::function<void()>& thread);

}  // namespace fakegpu
