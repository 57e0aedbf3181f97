// The best elements of each line and where they stand, one block per line.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/storage.cuh"

using namespace ns::cudnn;

typedef unsigned long long Rank;

// The best element has the largest rank, and no two have the same: behind the value, in whose order NaN is
// the largest, stands its place, the first before the others. 0 is no element's.
__device__ inline Rank rank_of(const TopTask& task, float element, unsigned place) {
  unsigned key = 0xffffffffU;
  if (element == element) {
    const unsigned bits = __float_as_uint(element + 0.0F);  // zeros are equal, whatever their sign
    key = (bits >> 31U) != 0 ? ~bits : bits | 0x80000000U;
  }
  if (task.smallest != 0) key = ~key;
  return (static_cast<Rank>(key) << 32U) | (0xffffffffU - place);
}

__device__ inline unsigned place_of_rank(Rank rank) { return 0xffffffffU - static_cast<unsigned>(rank); }

__device__ inline unsigned line_start(const TopTask& task, unsigned extent) {
  return blockIdx.x / task.inner * extent * task.inner + blockIdx.x % task.inner;
}

template <class Real>
__device__ inline void write_ranked(const TopTask& task, const Real* line, Rank rank, unsigned number,
                                    Real* values, float* places) {
  const unsigned place = place_of_rank(rank);
  const unsigned target = line_start(task, task.top) + number * task.inner;
  if (values != nullptr) values[target] = line[place * task.inner];
  if (places != nullptr) places[target] = static_cast<float>(place);
}

__device__ inline Rank block_best(Rank rank) {
  __shared__ Rank ranks[most_threads];
  ranks[threadIdx.x] = rank;
  __syncthreads();
  for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
    if (threadIdx.x < half && ranks[threadIdx.x + half] > ranks[threadIdx.x])
      ranks[threadIdx.x] = ranks[threadIdx.x + half];
    __syncthreads();
  }
  const Rank best = ranks[0];
  __syncthreads();
  return best;
}

// One after the other, for a few, or of lines that are too long to sort.
template <class Real>
__device__ void topk(const TopTask& task, const Real* from, Real* values, float* places) {
  const Real* const line = from + line_start(task, task.extent);
  Rank last = ~static_cast<Rank>(0);
  for (unsigned number = 0; number < task.top; ++number) {
    Rank best = 0;
    for (unsigned i = threadIdx.x; i < task.extent; i += blockDim.x) {
      const Rank rank = rank_of(task, value(line[i * task.inner]), i);
      if (rank < last && rank > best) best = rank;
    }
    last = block_best(best);
    if (threadIdx.x == 0) write_ranked(task, line, last, number, values, places);
  }
}
NS_ENTRIES(topk, (TopTask task, const Real* from, Real* values, float* places), (task, from, values, places))

// All of a line, sorted by a bitonic network, the largest rank first.
template <class Real>
__device__ void sort(const TopTask& task, const Real* from, Real* values, float* places) {
  __shared__ Rank ranks[most_sorted];
  const Real* const line = from + line_start(task, task.extent);
  for (unsigned i = threadIdx.x; i < task.padded; i += blockDim.x)
    ranks[i] = i < task.extent ? rank_of(task, value(line[i * task.inner]), i) : 0;
  __syncthreads();
  for (unsigned run = 2; run <= task.padded; run *= 2) {
    for (unsigned apart = run / 2; apart > 0; apart /= 2) {
      for (unsigned i = threadIdx.x; i < task.padded; i += blockDim.x) {
        const unsigned other = i ^ apart;
        if (other <= i) continue;
        const bool falls = (i & run) == 0;
        const Rank first = ranks[i];
        const Rank second = ranks[other];
        if ((first < second) != falls) continue;
        ranks[i] = second;
        ranks[other] = first;
      }
      __syncthreads();
    }
  }
  for (unsigned number = threadIdx.x; number < task.top; number += blockDim.x)
    write_ranked(task, line, ranks[number], number, values, places);
  __syncthreads();
}
NS_ENTRIES(sort, (TopTask task, const Real* from, Real* values, float* places), (task, from, values, places))
