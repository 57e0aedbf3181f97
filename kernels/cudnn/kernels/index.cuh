// Indices that arrive as values of a tensor.
#pragma once

namespace ns {
namespace cudnn {

// As ns::place_of (kernels/index.hpp).
__device__ inline unsigned picked_place(float index, unsigned extent) {
  if (!(index > -9.0e15F && index < 9.0e15F)) return 0;
  const long long rest = static_cast<long long>(index) % static_cast<long long>(extent);
  return static_cast<unsigned>(rest < 0 ? rest + extent : rest);
}

// Where element i of `indices` leads to: its own place but for the axis that it names.
template <class Task>
__device__ unsigned place_of_element(const Task& task, const float* indices, unsigned i) {
  unsigned rest = i;
  unsigned place = 0;
  unsigned step = 1;
  for (int axis = task.axes - 1; axis >= 0; --axis) {
    const unsigned extent = static_cast<unsigned>(task.extents[axis]);
    const unsigned own = static_cast<unsigned>(task.indices[axis]);
    place += (axis == task.axis ? picked_place(indices[i], extent) : rest % own) * step;
    step *= extent;
    rest /= own;
  }
  return place;
}

}  // namespace cudnn
}  // namespace ns
