// Elements picked by indices, and weighted sums of a few elements along one axis.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/index.cuh"

using namespace ns::cudnn;

__device__ unsigned source_of_row(const GatherTask& task, const float* indices, unsigned i) {
  const unsigned inner = i % task.inner;
  const unsigned index = i / task.inner % task.picked;
  const unsigned outer = i / task.inner / task.picked;
  const unsigned extent = static_cast<unsigned>(task.extents[0]);
  return (outer * extent + picked_place(indices[index], extent)) * task.inner + inner;
}

__device__ unsigned source_of_tuple(const GatherTask& task, const float* indices, unsigned i) {
  const unsigned tuple = i / task.inner;
  unsigned place = tuple / task.per_batch;
  for (unsigned k = 0; k < task.named; ++k) {
    const unsigned extent = static_cast<unsigned>(task.extents[k]);
    place = place * extent + picked_place(indices[tuple * task.named + k], extent);
  }
  return place * task.inner + i % task.inner;
}

extern "C" __global__ void ns_gather(GatherTask task, const float* data, const float* indices, float* to) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned source = task.picking == Picking::rows       ? source_of_row(task, indices, i)
                            : task.picking == Picking::elements ? place_of_element(task, indices, i)
                                                                : source_of_tuple(task, indices, i);
    to[i] = data[source];
  }
}

// Sources of weight 0 are not read, for they may be no numbers.
extern "C" __global__ void ns_resample(ResampleTask task, const float* from, const float* sources,
                                       const float* weights, float* to) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned inner = i % task.inner;
    const unsigned place = i / task.inner % task.out;
    const unsigned outer = i / task.inner / task.out;
    float sum = 0.0F;
    for (unsigned tap = place * task.taps; tap < (place + 1) * task.taps; ++tap) {
      if (weights[tap] == 0.0F) continue;
      sum +=
          weights[tap] * from[(outer * task.in + static_cast<unsigned>(sources[tap])) * task.inner + inner];
    }
    to[i] = sum;
  }
}
