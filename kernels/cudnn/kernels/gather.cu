// Elements picked by indices, and weighted sums of a few elements along one axis.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/index.cuh"
#include "kernels/cudnn/kernels/storage.cuh"

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

template <class Real>
__device__ void gather(const GatherTask& task, const Real* data, const float* indices, Real* to) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned source = task.picking == Picking::rows       ? source_of_row(task, indices, i)
                            : task.picking == Picking::elements ? place_of_element(task, indices, i)
                                                                : source_of_tuple(task, indices, i);
    to[i] = data[source];
  }
}
NS_ENTRIES(gather, (GatherTask task, const Real* data, const float* indices, Real* to),
           (task, data, indices, to))

// Sources of weight 0 are not read, for they may be no numbers.
template <class Real>
__device__ void resample(const ResampleTask& task, const Real* from, const float* sources,
                         const float* weights, Real* to) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned inner = i % task.inner;
    const unsigned place = i / task.inner % task.out;
    const unsigned outer = i / task.inner / task.out;
    float sum = 0.0F;
    for (unsigned tap = place * task.taps; tap < (place + 1) * task.taps; ++tap) {
      if (weights[tap] == 0.0F) continue;
      sum += weights[tap] *
             value(from[(outer * task.in + static_cast<unsigned>(sources[tap])) * task.inner + inner]);
    }
    to[i] = stored<Real>(sum);
  }
}
NS_ENTRIES(resample,
           (ResampleTask task, const Real* from, const float* sources, const float* weights, Real* to),
           (task, from, sources, weights, to))
