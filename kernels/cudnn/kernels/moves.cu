// Kernels that move elements.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/storage.cuh"

using namespace ns::cudnn;

template <class Real>
__device__ void copy(const CopyTask& task, const Real* from, Real* to) {
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
NS_ENTRIES(copy, (CopyTask task, const Real* from, Real* to), (task, from, to))

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

template <class Real>
__device__ void pad(const PadTask& task, const Real* from, Real* to) {
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
    to[i] = inside ? from[source] : stored<Real>(task.value);
  }
}
NS_ENTRIES(pad, (PadTask task, const Real* from, Real* to), (task, from, to))

template <class Real>
__device__ void columns(const ColumnsTask& task, const Real* image, Real* to) {
  const unsigned positions = static_cast<unsigned>(task.out[0] * task.out[1]);
  const unsigned taps = static_cast<unsigned>(task.kernel[0] * task.kernel[1]);
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned position = i % positions;
    const unsigned row = i / positions;
    const int tap = static_cast<int>(row % taps);
    const int channel = static_cast<int>(row / taps);
    const int y =
        static_cast<int>(position) / task.out[1] * task.stride[0] - task.pad[0] + tap / task.kernel[1];
    const int x =
        static_cast<int>(position) % task.out[1] * task.stride[1] - task.pad[1] + tap % task.kernel[1];
    const bool inside = y >= 0 && y < task.in[0] && x >= 0 && x < task.in[1];
    to[i] = inside ? image[(channel * task.in[0] + y) * task.in[1] + x] : stored<Real>(0.0F);
  }
}
NS_ENTRIES(columns, (ColumnsTask task, const Real* image, Real* to), (task, image, to))

// As ns::rounded and ns::quantised (core/array.hpp, net/layers/cast.hpp), which is why some of it is in
// double precision.
__device__ float converted(const CastTask& task, float x) {
  const bool is_number = x - x == 0.0F;
  switch (task.conversion) {
    case Conversion::boolean:
      return x != 0.0F ? 1.0F : 0.0F;
    case Conversion::whole: {
      if (!is_number) return 0.0F;
      const double whole = trunc(static_cast<double>(x));
      if (whole >= task.low && whole < task.low + task.span) return static_cast<float>(whole);
      return static_cast<float>(whole - floor((whole - task.low) / task.span) * task.span);
    }
    case Conversion::quantise: {
      const double near = rint(static_cast<double>(x / task.down)) + task.zero_point;
      if (near != near) return 0.0F;
      const double high = task.low + task.span - 1.0;
      return static_cast<float>(near < task.low ? task.low : near > high ? high : near);
    }
    case Conversion::dequantise:
      return static_cast<float>((static_cast<double>(x) - task.zero_point) * task.scale);
    case Conversion::none:
      return x;
  }
  return x;
}

template <class Real>
__device__ void cast(const CastTask& task, const void* from, void* to) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned row = i % task.rows;
    const unsigned column = i / task.rows % task.columns;
    const unsigned source = (i / task.rows / task.columns * task.rows + row) * task.columns + column;
    const float made = converted(task, value_at<Real>(from, source, task.from_whole));
    if (task.to_whole != 0)
      static_cast<float*>(to)[i] = made;
    else
      static_cast<Real*>(to)[i] = stored<Real>(made);
  }
}
NS_ENTRIES(cast, (CastTask task, const void* from, void* to), (task, from, to))
