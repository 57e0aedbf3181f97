// Positions of the largest elements, one block per line.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/storage.cuh"

using namespace ns::cudnn;

// The first of the elements that come behind `last`; behind nothing: of all.
template <class Real>
__device__ Candidate first_behind(const RankTask& task, const Real* line, Candidate last, float sign) {
  Candidate best{0.0F, nowhere};
  for (unsigned i = threadIdx.x; i < task.extent; i += blockDim.x) {
    const Candidate candidate{sign * value(line[i * task.inner]), i};
    if (last.place != nowhere && !is_before(last, candidate)) continue;
    if (is_before(candidate, best)) best = candidate;
  }
  return block_first(best);
}

template <class Real>
__device__ void argmax(const RankTask& task, const Real* from, float* to) {
  const unsigned outer = blockIdx.x / task.inner;
  const unsigned inner = blockIdx.x % task.inner;
  const Real* const line = from + outer * task.extent * task.inner + inner;
  const float sign = task.smallest != 0 ? -1.0F : 1.0F;
  Candidate last{0.0F, nowhere};
  for (unsigned rank = 0; rank < task.top; ++rank) {
    last = first_behind(task, line, last, sign);
    if (threadIdx.x == 0)
      to[(outer * task.top + rank) * task.inner + inner] =
          last.place == nowhere ? 0.0F : static_cast<float>(last.place);
  }
}
NS_ENTRIES(argmax, (RankTask task, const Real* from, float* to), (task, from, to))

// 1 at the first largest element, 0 elsewhere.
template <class Real>
__device__ void hardmax(const RankTask& task, const Real* from, Real* to) {
  const unsigned start = blockIdx.x / task.inner * task.extent * task.inner + blockIdx.x % task.inner;
  const Candidate first = first_behind(task, from + start, {0.0F, nowhere}, 1.0F);
  for (unsigned i = threadIdx.x; i < task.extent; i += blockDim.x)
    to[start + i * task.inner] = stored<Real>(i == first.place ? 1.0F : 0.0F);
}
NS_ENTRIES(hardmax, (RankTask task, const Real* from, Real* to), (task, from, to))
