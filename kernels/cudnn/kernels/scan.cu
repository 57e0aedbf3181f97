// Running sums and products along one axis.
#include "kernels/cudnn/kernels/block.cuh"

using namespace ns::cudnn;

__device__ inline float joined(const ScanTask& task, float before, float value) {
  return task.multiplies != 0 ? before * value : before + value;
}

// Where element `step` of a line stands, in the order of the running.
__device__ inline unsigned scanned_place(const ScanTask& task, unsigned line, unsigned step) {
  const unsigned along = task.reverse != 0 ? task.extent - 1 - step : step;
  return (line / task.inner * task.extent + along) * task.inner + line % task.inner;
}

// A thread for each line, for many lines side by side.
extern "C" __global__ void ns_running(ScanTask task, const float* from, float* to) {
  for (unsigned line = first_element(); line < task.lines; line += element_stride()) {
    float all = task.multiplies != 0 ? 1.0F : 0.0F;
    for (unsigned step = 0; step < task.extent; ++step) {
      const unsigned place = scanned_place(task, line, step);
      const float before = all;
      all = joined(task, all, from[place]);
      to[place] = task.exclusive != 0 ? before : all;
    }
  }
}

// A block for each line, which goes along it by as many elements as it has threads.
extern "C" __global__ void ns_scan(ScanTask task, const float* from, float* to) {
  __shared__ float parts[most_threads];
  const float none = task.multiplies != 0 ? 1.0F : 0.0F;
  float before = none;  // all elements of former rounds
  for (unsigned first = 0; first < task.extent; first += blockDim.x) {
    const unsigned step = first + threadIdx.x;
    const unsigned place = scanned_place(task, blockIdx.x, step);
    parts[threadIdx.x] = step < task.extent ? from[place] : none;
    __syncthreads();
    for (unsigned reach = 1; reach < blockDim.x; reach *= 2) {
      const float left = threadIdx.x >= reach ? parts[threadIdx.x - reach] : none;
      __syncthreads();
      parts[threadIdx.x] = joined(task, left, parts[threadIdx.x]);
      __syncthreads();
    }
    const float others = threadIdx.x == 0 ? none : parts[threadIdx.x - 1];
    const float own = task.exclusive != 0 ? others : parts[threadIdx.x];
    if (step < task.extent) to[place] = joined(task, before, own);
    before = joined(task, before, parts[blockDim.x - 1]);
    __syncthreads();
  }
}
