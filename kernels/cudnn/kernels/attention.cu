// What weighs values: the softmax of scores, one block per query.
#include "kernels/cudnn/kernels/block.cuh"

using namespace ns::cudnn;

__device__ inline float hidden_score() { return __uint_as_float(0xff800000U); }  // minus infinity

// Of one query with a key, behind cap and mask.
__device__ inline float masked_score(const WeighTask& task, float score, const float* mask, unsigned key) {
  if (task.softcap != 0.0F) score = task.softcap * tanhf(score / task.softcap);
  if (mask == nullptr) return score;
  if (task.hides == 0) return score + mask[key];
  return mask[key] == 0.0F ? hidden_score() : score;
}

// In place. NaN for a query from which all keys are hidden.
extern "C" __global__ void ns_weigh(WeighTask task, const float* masks, float* scores) {
  const unsigned step = blockIdx.x % task.queries;
  const unsigned head = blockIdx.x / task.queries % task.heads;
  const unsigned batch = blockIdx.x / task.queries / task.heads;
  float* const line = scores + blockIdx.x * task.keys;
  const float* const mask =
      masks == nullptr ? nullptr : masks + batch * task.mask[0] + head * task.mask[1] + step * task.mask[2];
  const unsigned visible = task.causal != 0 && step + 1 < task.visible ? step + 1 : task.visible;
  float largest = hidden_score();
  for (unsigned key = threadIdx.x; key < task.keys; key += blockDim.x) {
    const float score = key < visible ? masked_score(task, line[key], mask, key) : hidden_score();
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
  for (unsigned key = threadIdx.x; key < task.keys; key += blockDim.x) line[key] /= sum;
}
