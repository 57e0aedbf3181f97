// Pools whose windows cuDNN does not know: dilated, padded unevenly, rounded up.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/storage.cuh"

using namespace ns::cudnn;

// How many of the window's taps stand before `end`.
__device__ inline int taps_before(const PoolTask& task, int axis, int start, int end) {
  if (end <= start) return 0;
  const int taps = (end - start + task.dilation[axis] - 1) / task.dilation[axis];
  return taps < task.kernel[axis] ? taps : task.kernel[axis];
}

struct Taps {
  int start[3];
  int first[3];
  int last[3];
  int padded;
};

__device__ inline Taps taps_of(const PoolTask& task, const int position[3]) {
  Taps taps;
  taps.padded = 1;
  for (int axis = 0; axis < 3; ++axis) {
    const int start = position[axis] * task.stride[axis] - task.pad[axis];
    taps.start[axis] = start;
    taps.first[axis] = taps_before(task, axis, start, 0);
    taps.last[axis] = taps_before(task, axis, start, task.in[axis]);
    taps.padded *= taps_before(task, axis, start, task.in[axis] + task.pad_end[axis]);
  }
  return taps;
}

__device__ inline float larger(float a, float b) { return a > b || a != a ? a : b; }

template <class Real>
__device__ float pooled(const PoolTask& task, const Taps& taps, const Real* map) {
  constexpr float lowest = -3.402823466e+38F;
  float sum = 0.0F;
  float largest = lowest;
  int count = 0;
  for (int z = taps.first[0]; z < taps.last[0]; ++z) {
    const int depth = (taps.start[0] + z * task.dilation[0]) * task.in[1];
    for (int y = taps.first[1]; y < taps.last[1]; ++y) {
      const int row = (depth + taps.start[1] + y * task.dilation[1]) * task.in[2];
      for (int x = taps.first[2]; x < taps.last[2]; ++x) {
        const float tap = value(map[(row + taps.start[2] + x * task.dilation[2]) * task.inner]);
        sum += tap;
        largest = count == 0 ? tap : larger(largest, tap);
        ++count;
      }
    }
  }
  if (task.is_max != 0) return largest;
  const int divisor = task.count_pad != 0 ? taps.padded : count;
  return divisor == 0 ? 0.0F : sum / static_cast<float>(divisor);
}

template <class Real>
__device__ void pool(const PoolTask& task, const Real* from, Real* to) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned inner = static_cast<unsigned>(task.inner);
    unsigned rest = i / inner;
    int position[3];
    for (int axis = 2; axis >= 0; --axis) {
      const unsigned extent = static_cast<unsigned>(task.out[axis]);
      position[axis] = static_cast<int>(rest % extent);
      rest /= extent;
    }
    const unsigned plane = static_cast<unsigned>(task.in[0] * task.in[1] * task.in[2]);
    to[i] = stored<Real>(pooled(task, taps_of(task, position), from + rest * plane * inner + i % inner));
  }
}
NS_ENTRIES(pool, (PoolTask task, const Real* from, Real* to), (task, from, to))
