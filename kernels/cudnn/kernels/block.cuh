// What the threads of one block do together. A block has a power of two of threads, at most 256.
#pragma once

#include "kernels/cudnn/kernels/parameters.hpp"

namespace ns {
namespace cudnn {

constexpr int most_threads = 256;

// The sum of every thread's value, in the same order each time; all threads get it.
__device__ inline float block_sum(float value) {
  __shared__ float parts[most_threads];
  parts[threadIdx.x] = value;
  __syncthreads();
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) parts[threadIdx.x] += parts[threadIdx.x + half];
    __syncthreads();
  }
  const float sum = parts[0];
  __syncthreads();
  return sum;
}

__device__ inline float block_max(float value) {
  __shared__ float parts[most_threads];
  parts[threadIdx.x] = value;
  __syncthreads();
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) parts[threadIdx.x] = fmaxf(parts[threadIdx.x], parts[threadIdx.x + half]);
    __syncthreads();
  }
  const float largest = parts[0];
  __syncthreads();
  return largest;
}

// A value and where it stands; `place` is `nowhere` for none.
struct Candidate {
  float value;
  unsigned place;
};
constexpr unsigned nowhere = 0xffffffffU;

// Whether `a` comes before `b`: the larger first, of equals the one that stands first.
__device__ inline bool is_before(Candidate a, Candidate b) {
  if (a.place == nowhere || b.place == nowhere) return b.place == nowhere && a.place != nowhere;
  return a.value > b.value || (a.value == b.value && a.place < b.place);
}

__device__ inline Candidate block_first(Candidate candidate) {
  __shared__ float values[most_threads];
  __shared__ unsigned places[most_threads];
  values[threadIdx.x] = candidate.value;
  places[threadIdx.x] = candidate.place;
  __syncthreads();
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half) {
      const unsigned other = threadIdx.x + half;
      if (is_before({values[other], places[other]}, {values[threadIdx.x], places[threadIdx.x]})) {
        values[threadIdx.x] = values[other];
        places[threadIdx.x] = places[other];
      }
    }
    __syncthreads();
  }
  const Candidate first{values[0], places[0]};
  __syncthreads();
  return first;
}

// The first element of this thread, and how far apart its elements stand, where each is for itself.
__device__ inline unsigned first_element() { return blockIdx.x * blockDim.x + threadIdx.x; }
__device__ inline unsigned element_stride() { return gridDim.x * blockDim.x; }

}  // namespace cudnn
}  // namespace ns
