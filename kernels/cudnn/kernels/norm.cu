// Normalisation that cuDNN has no call for.
#include "kernels/cudnn/kernels/block.cuh"

using namespace ns::cudnn;

extern "C" __global__ void ns_affine(AffineTask task, const float* x, const float* scale, const float* shift,
                                     float* y) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned channel = i / task.inner % task.channels;
    const float value = x[i] * scale[channel];
    y[i] = shift != nullptr ? value + shift[channel] : value;
  }
}

// One block per line: its mean, then its mean square around that, then its values.
extern "C" __global__ void ns_lines(LinesTask task, const float* x, const float* scale, const float* shift,
                                    float* y) {
  const unsigned start = blockIdx.x * task.count;
  const float count = static_cast<float>(task.count);
  float mean = 0.0F;
  if (task.centred != 0) {
    for (unsigned i = threadIdx.x; i < task.count; i += blockDim.x) mean += x[start + i];
    mean = block_sum(mean) / count;
  }
  float squares = 0.0F;
  for (unsigned i = threadIdx.x; i < task.count; i += blockDim.x) {
    const float distance = x[start + i] - mean;
    squares += distance * distance;
  }
  const float factor = 1.0F / sqrtf(block_sum(squares) / count + task.epsilon);
  for (unsigned i = threadIdx.x; i < task.count; i += blockDim.x) {
    const unsigned slot = (start + i) / task.per_weight % task.weights;
    float value = (x[start + i] - mean) * factor;
    if (scale != nullptr) value *= scale[slot];
    if (shift != nullptr) value += shift[slot];
    y[start + i] = value;
  }
}

extern "C" __global__ void ns_lrn_within(WithinTask task, const float* from, float* to) {
  const int half = task.size / 2;
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const int x = static_cast<int>(i % static_cast<unsigned>(task.width));
    const int y =
        static_cast<int>(i / static_cast<unsigned>(task.width) % static_cast<unsigned>(task.height));
    const float* const centre = from + i;
    float squares = 0.0F;
    for (int row = y > half ? -half : -y; row <= half && y + row < task.height; ++row)
      for (int column = x > half ? -half : -x; column <= half && x + column < task.width; ++column) {
        const float value = centre[row * task.width + column];
        squares += value * value;
      }
    const float count = static_cast<float>(task.size * task.size);
    to[i] = *centre * powf(task.k + task.alpha / count * squares, -task.beta);
  }
}
