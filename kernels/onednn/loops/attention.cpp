// Scores of queries that become weights, and attention of a few queries; see loops.cpp.
#include "kernels/onednn/loops/parts.hpp"

#include <float.h>

namespace ns::onednn::NS_LOOPS {
namespace {

/// 0 for what is hidden, and for what is next to it.
inline float power(float x) { return x < -87.0F ? 0.0F : exponential(x); }

inline void mask_row(const WeighWork& work, const float* mask, Index count, float* scores) {
  if (work.mask_hides) {
    for (Index i = 0; i < count; ++i) scores[i] = mask[i] != 0.0F ? scores[i] : -HUGE_VALF;
  } else {
    for (Index i = 0; i < count; ++i) scores[i] += mask[i];
  }
}

/// Each score becomes the power of its distance from the peak; their sum.
inline float raise(float* scores, Index count, float peak, float scale) {
  float sums[lanes];
  for (Index lane = 0; lane < lanes; ++lane) sums[lane] = 0.0F;
  Index i = 0;
  for (; i + lanes <= count; i += lanes) {
    for (Index lane = 0; lane < lanes; ++lane) {
      const float made = power((scores[i + lane] - peak) * scale);
      scores[i + lane] = made;
      sums[lane] += made;
    }
  }
  for (; i < count; ++i) sums[0] += scores[i] = power((scores[i] - peak) * scale);
  return sum_of(sums, lanes);
}

void weigh_row(const WeighWork& work, Index step, const float* mask, float* scores) {
  Index count = work.keys;
  if (mask != nullptr) count = smaller(count, work.mask_keys);
  if (work.causal) count = smaller(count, step + 1);
  // The highest score has the highest product with a positive scale, which then needs no pass of its own.
  const bool plain = mask == nullptr && work.softcap == 0.0F && work.scale > 0.0F;
  if (!plain)
    for (Index i = 0; i < count; ++i) scores[i] *= work.scale;
  if (work.softcap != 0.0F)
    for (Index i = 0; i < count; ++i) scores[i] = work.softcap * tanh_of(scores[i] / work.softcap);
  if (mask != nullptr) mask_row(work, mask + step * work.mask_stride, count, scores);
  const float sum = raise(scores, count, peak_of(scores, count), plain ? work.scale : 1.0F);
  const float factor = 1.0F / sum;
  for (Index i = 0; i < count; ++i) scores[i] *= factor;
  const float rest = count == 0 ? NAN : 0.0F;
  for (Index i = count; i < work.keys; ++i) scores[i] = rest;
}

/// Products of a query with `together` keys, so that none waits for the sum of another.
template <Index together>
inline void dots(const float* query, const float* keys, Index stride, Index count, float* scores) {
  float parts[together][lanes];
  for (Index key = 0; key < together; ++key)
    for (Index lane = 0; lane < lanes; ++lane) parts[key][lane] = 0.0F;
  Index i = 0;
  for (; i + lanes <= count; i += lanes)
    for (Index key = 0; key < together; ++key)
      for (Index lane = 0; lane < lanes; ++lane)
        parts[key][lane] += query[i + lane] * keys[key * stride + i + lane];
  for (; i < count; ++i)
    for (Index key = 0; key < together; ++key) parts[key][0] += query[i] * keys[key * stride + i];
  for (Index key = 0; key < together; ++key) {
    for (Index width = lanes / 2; width > 0; width /= 2)
      for (Index lane = 0; lane < width; ++lane) parts[key][lane] += parts[key][lane + width];
    scores[key] = parts[key][0];
  }
}

void score(const AttendWork& work, const float* query, const float* keys, float* scores) {
  constexpr Index together = 4;
  const Index stride = work.key_stride;
  Index key = 0;
  for (; key + together <= work.weigh.keys; key += together)
    dots<together>(query, keys + key * stride, stride, work.key_size, scores + key);
  for (; key < work.weigh.keys; ++key)
    dots<1>(query, keys + key * stride, stride, work.key_size, scores + key);
}

/// out = the values' sum, each times its weight; four at once, so that sums are stored a quarter as often.
void weighted_sum(const AttendWork& work, const float* weights, const float* values, float* out) {
  const Index size = work.value_size;
  const Index stride = work.value_stride;
  for (Index i = 0; i < size; ++i) out[i] = 0.0F;
  Index key = 0;
  for (; key + 4 <= work.weigh.keys; key += 4, values += 4 * stride) {
    const float a = weights[key];
    const float b = weights[key + 1];
    const float c = weights[key + 2];
    const float d = weights[key + 3];
    for (Index i = 0; i < size; ++i)
      out[i] += (a * values[i] + b * values[stride + i]) +
                (c * values[2 * stride + i] + d * values[3 * stride + i]);
  }
  for (; key < work.weigh.keys; ++key, values += stride)
    for (Index i = 0; i < size; ++i) out[i] += weights[key] * values[i];
}

}  // namespace

void weigh(const WeighWork& work, std::int64_t first, std::int64_t rows, const float* mask, float* scores) {
  for (Index row = 0; row < rows; ++row) weigh_row(work, first + row, mask, scores + row * work.keys);
}

void attend(const AttendWork& work, std::int64_t first, std::int64_t rows, const float* queries,
            const float* keys, const float* values, const float* mask, float* results, float* scores) {
  for (Index row = 0; row < rows; ++row, queries += work.query_stride, results += work.result_stride) {
    score(work, queries, keys, scores);
    weigh_row(work.weigh, first + row, mask, scores);
    weighted_sum(work, scores, values, results);
  }
}

}  // namespace ns::onednn::NS_LOOPS
