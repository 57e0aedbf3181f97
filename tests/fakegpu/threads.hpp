/// What nvcc gives a kernel, for a host's compiler: kernels/cudnn/kernels/*.cu run on the CPU, block by
/// block, as they are.
#pragma once

#include <cmath>
#include <functional>

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

namespace fakegpu {

/// `thread` once for each thread of each block. Only threads that wait for each other need stacks of their
/// own.
void run_grid(unsigned blocks, unsigned threads, bool wait_for_each_other,
              const std::function<void()>& thread);

}  // namespace fakegpu
