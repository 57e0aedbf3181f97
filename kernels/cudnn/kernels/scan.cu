// Running sums and products along one axis.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/storage.cuh"

using namespace ns::cudnn;

__device__ inline float joined(const ScanTask& task, float before, float element) {
  return task.multiplies != 0 ? before * element : before + element;
}

// Where element `step` of a line stands, in the order of the running.
__device__ inline unsigned scanned_place(const ScanTask& task, unsigned line, unsigned step) {
  const unsigned along = task.reverse != 0 ? task.extent - 1 - step : step;
  return (line / task.inner * task.extent + along) * task.inner + line % task.inner;
}

// A thread for each line, for many lines side by side.
template <class Real>
__device__ void running(const ScanTask& task, const Real* from, Real* to) {
  for (unsigned line = first_element(); line < task.lines; line += element_stride()) {
    float all = task.multiplies != 0 ? 1.0F : 0.0F;
    for (unsigned step = 0; step < task.extent; ++step) {
      const unsigned place = scanned_place(task, line, step);
      const float before = all;
      all = joined(task, all, value(from[place]));
      to[place] = stored<Real>(task.exclusive != 0 ? before : all);
    }
  }
}
NS_ENTRIES(running, (ScanTask task, const Real* from, Real* to), (task, from, to))

// A block for each line, which goes along it by as many elements as it has threads.
template <class Real>
__device__ void scan(const ScanTask& task, const Real* from, Real* to) {
  __shared__ float parts[most_threads];
  const float none = task.multiplies != 0 ? 1.0F : 0.0F;
  float before = none;  // all elements of former rounds
  for (unsigned first = 0; first < task.extent; first += blockDim.x) {
    const unsigned step = first + threadIdx.x;
    const unsigned place = scanned_place(task, blockIdx.x, step);
    parts[threadIdx.x] = step < task.extent ? value(from[place]) : none;
    __syncthreads();
    for (unsigned reach = 1; reach < blockDim.x; reach *= 2) {
      const float left = threadIdx.x >= reach ? parts[threadIdx.x - reach] : none;
      __syncthreads();
      parts[threadIdx.x] = joined(task, left, parts[threadIdx.x]);
      __syncthreads();
    }
    const float others = threadIdx.x == 0 ? none : parts[threadIdx.x - 1];
    const float own = task.exclusive != 0 ? others : parts[threadIdx.x];
    if (step < task.extent) to[place] = stored<Real>(joined(task, before, own));
    before = joined(task, before, parts[blockDim.x - 1]);
    __syncthreads();
  }
}
NS_ENTRIES(scan, (ScanTask task, const Real* from, Real* to), (task, from, to))
