// Reductions that cuDNN has no operator for, one block per output.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/storage.cuh"

using namespace ns::cudnn;

__device__ inline int place_of(unsigned index, int axes, const int* extents, const int* strides) {
  int place = 0;
  for (int axis = axes - 1; axis >= 0; --axis) {
    const unsigned extent = static_cast<unsigned>(extents[axis]);
    place += static_cast<int>(index % extent) * strides[axis];
    index /= extent;
  }
  return place;
}

__device__ inline float term_of(Reduction reduction, float element, float largest) {
  if (reduction == Reduction::log_sum_exp) return expf(element - largest);
  if (reduction == Reduction::sum_square) return element * element;
  return reduction == Reduction::magnitudes ? fabsf(element) : element;
}

// Of sums of exponentials, the largest element is taken out first, so that none is beyond float32.
template <class Real>
__device__ void reduce(const ReduceTask& task, const Real* from, Real* to) {
  const Real* const line = from + place_of(blockIdx.x, task.kept_axes, task.kept, task.kept_strides);
  const bool is_exponential = task.reduction == Reduction::log_sum_exp;
  float largest = 0.0F;
  if (is_exponential) {
    largest = -3.402823466e+38F;
    for (unsigned i = threadIdx.x; i < task.count; i += blockDim.x)
      largest =
          fmaxf(largest, value(line[place_of(i, task.reduced_axes, task.reduced, task.reduced_strides)]));
    largest = block_max(largest);
  }
  float sum = 0.0F;
  for (unsigned i = threadIdx.x; i < task.count; i += blockDim.x)
    sum += term_of(task.reduction,
                   value(line[place_of(i, task.reduced_axes, task.reduced, task.reduced_strides)]), largest);
  sum = block_sum(sum);
  if (threadIdx.x != 0) return;
  const bool is_logarithm = is_exponential || task.reduction == Reduction::log_sum;
  to[blockIdx.x] = stored<Real>(is_logarithm ? largest + logf(sum) : sum);
}
NS_ENTRIES(reduce, (ReduceTask task, const Real* from, Real* to), (task, from, to))
