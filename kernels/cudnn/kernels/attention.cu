// What weighs values: the softmax of scores, one block per query.
#include "kernels/cudnn/kernels/block.cuh"
#include "kernels/cudnn/kernels/storage.cuh"

using namespace ns::cudnn;

__device__ inline float hidden_score() { return __uint_as_float(0xff800000U); }  // minus infinity

// Of one query with a key, behind cap and mask.
template <class Real>
__device__ inline float masked_score(const WeighTask& task, float score, const void* masks, unsigned place) {
  if (task.softcap != 0.0F) score = task.softcap * tanhf(score / task.softcap);
  if (masks == nullptr) return score;
  const float mask = value_at<Real>(masks, place, task.hides);
  if (task.hides == 0) return score + mask;
  return mask == 0.0F ? hidden_score() : score;
}

// Scores are used up. NaN for a query from which all keys are hidden.
template <class Real>
__device__ void weigh(const WeighTask& task, const void* masks, float* scores, Real* weights) {
  const unsigned step = blockIdx.x % task.queries;
  const unsigned head = blockIdx.x / task.queries % task.heads;
  const unsigned batch = blockIdx.x / task.queries / task.heads;
  float* const line = scores + blockIdx.x * task.keys;
  Real* const to = weights + blockIdx.x * task.keys;
  const unsigned mask = batch * task.mask[0] + head * task.mask[1] + step * task.mask[2];
  const unsigned visible = task.causal != 0 && step + 1 < task.visible ? step + 1 : task.visible;
  float largest = hidden_score();
  for (unsigned key = threadIdx.x; key < task.keys; key += blockDim.x) {
    const float score =
        key < visible ? masked_score<Real>(task, line[key], masks, mask + key) : hidden_score();
    line[key] = score;
    largest = fmaxf(largest, score);
  }
  largest = block_max(largest);
  float sum = 0.0F;
  for (unsigned key = threadIdx.x; key < task.keys; key += blockDim.x) {
    const float weight = expf(line[key] - largest);
    line[key] = weight;
    sum += weight;
  }
  sum = block_sum(sum);
  for (unsigned key = threadIdx.x; key < task.keys; key += blockDim.x)
    to[key] = stored<Real>(line[key] / sum);
}
NS_ENTRIES(weigh, (WeighTask task, const void* masks, float* scores, Real* weights),
           (task, masks, scores, weights))
