// Normalisation that cuDNN has no call for.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/storage.cuh"

using namespace ns::cudnn;

template <class Real>
__device__ void affine(const AffineTask& task, const Real* x, const float* scale, const float* shift,
                       Real* y) {
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const unsigned channel = i / task.inner % task.channels;
    const float scaled = value(x[i]) * scale[channel];
    y[i] = stored<Real>(shift != nullptr ? scaled + shift[channel] : scaled);
  }
}
NS_ENTRIES(affine, (AffineTask task, const Real* x, const float* scale, const float* shift, Real* y),
           (task, x, scale, shift, y))

// One block per line: its mean, then its mean square around that, then its values.
template <class Real>
__device__ void lines(const LinesTask& task, const Real* x, const float* scale, const float* shift, Real* y) {
  const unsigned start = blockIdx.x * task.count;
  const float count = static_cast<float>(task.count);
  float mean = 0.0F;
  if (task.centred != 0) {
    for (unsigned i = threadIdx.x; i < task.count; i += blockDim.x) mean += value(x[start + i]);
    mean = block_sum(mean) / count;
  }
  float squares = 0.0F;
  for (unsigned i = threadIdx.x; i < task.count; i += blockDim.x) {
    const float distance = value(x[start + i]) - mean;
    squares += distance * distance;
  }
  const float factor = 1.0F / sqrtf(block_sum(squares) / count + task.epsilon);
  for (unsigned i = threadIdx.x; i < task.count; i += blockDim.x) {
    const unsigned slot = (start + i) / task.per_weight % task.weights;
    float result = (value(x[start + i]) - mean) * factor;
    if (scale != nullptr) result *= scale[slot];
    if (shift != nullptr) result += shift[slot];
    y[start + i] = stored<Real>(result);
  }
}
NS_ENTRIES(lines, (LinesTask task, const Real* x, const float* scale, const float* shift, Real* y),
           (task, x, scale, shift, y))

template <class Real>
__device__ void lrn_within(const WithinTask& task, const Real* from, Real* to) {
  const int half = task.size / 2;
  for (unsigned i = first_element(); i < task.count; i += element_stride()) {
    const int x = static_cast<int>(i % static_cast<unsigned>(task.width));
    const int y =
        static_cast<int>(i / static_cast<unsigned>(task.width) % static_cast<unsigned>(task.height));
    const Real* const centre = from + i;
    float squares = 0.0F;
    for (int row = y > half ? -half : -y; row <= half && y + row < task.height; ++row)
      for (int column = x > half ? -half : -x; column <= half && x + column < task.width; ++column) {
        const float neighbour = value(centre[row * task.width + column]);
        squares += neighbour * neighbour;
      }
    const float count = static_cast<float>(task.size * task.size);
    to[i] = stored<Real>(value(*centre) * powf(task.k + task.alpha / count * squares, -task.beta));
  }
}
NS_ENTRIES(lrn_within, (WithinTask task, const Real* from, Real* to), (task, from, to))
