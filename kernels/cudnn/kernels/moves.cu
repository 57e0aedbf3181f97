// Kernels that move elements.
#include "kernels/cudnn/kernels/block.cuh"

using namespace ns::cudnn;

extern "C" __global__ void ns_copy(CopyTask task, const float* from, float* to) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    unsigned rest = i;
    int source = task.from_offset;
    int target = task.to_offset;
    for (int axis = task.axes - 1; axis >= 0; --axis) {
      const unsigned extent = static_cast<unsigned>(task.extents[axis]);
      const int place = static_cast<int>(rest % extent);
      source += place * task.from[axis];
      target += place * task.to[axis];
      rest /= extent;
    }
    to[target] = from[source];
  }
}

// As ns::source_of (net/layers/pad.hpp).
__device__ inline int filled_from(Fill fill, int place, int extent) {
  if (place >= 0 && place < extent) return place;
  if (fill == Fill::constant) return -1;
  if (fill == Fill::edge) return place < 0 ? 0 : extent - 1;
  if (fill == Fill::wrap) {
    const int rest = place % extent;
    return rest < 0 ? rest + extent : rest;
  }
  if (extent == 1) return 0;
  const int period = 2 * (extent - 1);
  int rest = place % period;
  if (rest < 0) rest += period;
  return rest < extent ? rest : period - rest;
}

extern "C" __global__ void ns_pad(PadTask task, const float* from, float* to) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    unsigned rest = i;
    int source = 0;
    int step = 1;
    bool inside = true;
    for (int axis = task.axes - 1; axis >= 0; --axis) {
      const unsigned extent = static_cast<unsigned>(task.outside[axis]);
      const int place = static_cast<int>(rest % extent) - task.pads[axis];
      const int taken = filled_from(task.fill, place, task.inside[axis]);
      inside = inside && taken >= 0;
      source += taken * step;
      step *= task.inside[axis];
      rest /= extent;
    }
    to[i] = inside ? from[source] : task.value;
  }
}
