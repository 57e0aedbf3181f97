// Elements written to, or combined with those at, indexed places.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/index.cuh"

using namespace ns::cudnn;

__device__ unsigned target_of_update(const ScatterTask& task, const float* indices, unsigned i) {
  if (task.named == 0) return place_of_element(task, indices, i);
  const unsigned tuple = i / task.inner;
  unsigned place = 0;
  for (unsigned k = 0; k < task.named; ++k) {
    const unsigned extent = static_cast<unsigned>(task.extents[k]);
    place = place * extent + picked_place(indices[tuple * task.named + k], extent);
  }
  return place * task.inner + i % task.inner;
}

__device__ inline float combined(Combination combination, float old, float update) {
  if (combination == Combination::mul) return old * update;
  if (combination == Combination::max) return old > update || old != old ? old : update;
  return old < update || old != old ? old : update;
}

// What atomicAdd is to sums. Others may change the target between reading and writing; then it is tried anew.
__device__ void combine(Combination combination, float* target, float update) {
  unsigned* const bits = reinterpret_cast<unsigned*>(target);
  unsigned seen = *bits;
  for (;;) {
    const unsigned wanted = __float_as_uint(combined(combination, __uint_as_float(seen), update));
    const unsigned found = atomicCAS(bits, seen, wanted);
    if (found == seen) return;
    seen = found;
  }
}

// Which update is the last for each place: 1 + its number, 0 for none.
extern "C" __global__ void ns_claim(ScatterTask task, const float* indices, unsigned* last) {
  for (unsigned i = first_element(); i < task.count; i += element_stride())
    atomicMax(last + target_of_update(task, indices, i), i + 1);
}

// Into `to`, which holds the data. Sums and products of several updates of one place are rounded in any
// order.
extern "C" __global__ void ns_scatter(ScatterTask task, const float* indices, const float* updates,
                                      const unsigned* last, float* to) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned target = target_of_update(task, indices, i);
    if (task.combination == Combination::replace) {
      if (last[target] == i + 1) to[target] = updates[i];
    } else if (task.combination == Combination::add) {
      atomicAdd(to + target, updates[i]);
    } else {
      combine(task.combination, to + target, updates[i]);
    }
  }
}
