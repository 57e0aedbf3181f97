// Around products of 8-bit whole numbers, which are kept as floats outside.
#include "kernels/cudnn/kernels/block.cuh"

using namespace ns::cudnn;

// What a number becomes on the scale of all, which are real only in a layer that makes them whole; as
// ns::make_whole (net/layers/quantisation.hpp).
__device__ inline float whole_of(const ByteColumnsTask& task, const float* scaling, float x) {
  if (task.makes_whole == 0) return x;
  const float near = rintf(x / scaling[0]) + scaling[1];
  if (near != near || near < 0.0F) return 0.0F;
  return near > 255.0F ? 255.0F : near;
}

// Which element of the image stands at summand `k` of a window; -1 in the padding.
__device__ inline long long source_of(const ByteColumnsTask& task, unsigned group, unsigned position,
                                      unsigned k) {
  unsigned tap = k;
  unsigned place = position;
  long long source = 0;
  long long step = 1;
  for (int axis = 2; axis >= 0; --axis) {
    const int reach = static_cast<int>(tap % task.kernel[axis]) * task.dilation[axis];
    const int at = static_cast<int>(place % task.out[axis]) * task.stride[axis] - task.pad[axis] + reach;
    if (at < 0 || at >= task.in[axis]) return -1;
    source += at * step;
    step *= task.in[axis];
    tap /= task.kernel[axis];
    place /= task.out[axis];
  }
  const long long map = static_cast<long long>(place) * task.maps + group * task.channels + tap;
  return map * step + source;
}

// Rows of `padded` bytes, one for each window; in the padding of the image stands what is 0 there.
extern "C" __global__ void ns_byte_columns(ByteColumnsTask task, const float* scaling, const float* image,
                                           signed char* columns) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned k = i % task.padded;
    const unsigned row = i / task.padded;
    float number = static_cast<float>(task.shift);
    if (k < task.summands) {
      const long long source = source_of(task, row / task.positions, row % task.positions, k);
      number = source < 0 ? scaling[1] : whole_of(task, scaling, image[source]);
    }
    columns[i] = static_cast<signed char>(static_cast<int>(number) - task.shift);
  }
}

// Smallest and largest of what each block sees, 0 among them; what is no number is left out.
extern "C" __global__ void ns_extremes(unsigned count, const float* from, float* extremes) {
  float low = 0.0F;
  float high = 0.0F;
  for (unsigned i = first_element(); i < count; i += element_stride()) {
    low = from[i] < low ? from[i] : low;
    high = from[i] > high ? from[i] : high;
  }
  high = block_max(high);
  low = -block_max(-low);
  if (threadIdx.x != 0) return;
  extremes[2 * blockIdx.x] = low;
  extremes[2 * blockIdx.x + 1] = high;
}

// Scale and zero point of all, as ns::dynamic_scaling.
extern "C" __global__ void ns_scaling(unsigned blocks, const float* extremes, float* scaling) {
  float low = 0.0F;
  float high = 0.0F;
  for (unsigned i = threadIdx.x; i < blocks; i += blockDim.x) {
    low = fminf(low, extremes[2 * i]);
    high = fmaxf(high, extremes[2 * i + 1]);
  }
  high = block_max(high);
  low = -block_max(-low);
  if (threadIdx.x != 0) return;
  const float scale = low == high ? 1.0F : (high - low) / 255.0F;
  const float near = -low / scale;
  scaling[0] = scale;
  scaling[1] = scale - scale != 0.0F ? 0.0F : rintf(near > 255.0F ? 255.0F : near);
}

// What leaves the layer for its sums, as ns::reference::Filters: in double precision, so that it is the same.
extern "C" __global__ void ns_finish(FinishTask task, const int* sums, const float* scaling,
                                     const float* factors, const float* bias, const float* zeros,
                                     const float* filter_sums, float* to) {
  const long long zero = static_cast<long long>(scaling[1]) - task.shift;
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned place = i % task.plane;
    const unsigned filter = i / task.plane % task.filters;
    const unsigned position = i / task.plane / task.filters * task.plane + place;
    const unsigned group = filter / task.filters_of_group;
    const int* const row = sums + (group * task.positions + position) * task.padded;
    long long sum = row[filter % task.filters_of_group] - zero * static_cast<long long>(filter_sums[filter]);
    if (zeros != nullptr)
      sum -= static_cast<long long>(zeros[filter]) * (row[task.filters_of_group] - zero * task.summands);
    const double unit =
        (task.in_scale != 0.0 ? task.in_scale : static_cast<double>(scaling[0])) * factors[filter];
    const double stored = bias != nullptr ? static_cast<double>(bias[filter]) : 0.0;
    const double start = task.in_scale != 0.0 ? rint(stored / unit) : 0.0;
    const double all = static_cast<double>(sum) + start;
    double made = all * unit + (task.in_scale != 0.0 ? 0.0 : stored);
    if (task.out_scale != 0.0) {
      made = rint(all * (unit / task.out_scale)) + task.out_zero_point;
      made = made < task.low ? task.low : made > task.high ? task.high : made;
    }
    to[i] = static_cast<float>(made);
  }
}
