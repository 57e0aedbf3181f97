// Scores of queries that become weights, and attention of a few queries; see
// loops.cpp.
#include "kernels/onednn/loops/parts.hpp"

#include <float.h>
#include <string.h>

namespace ns::onednn::NS_LOOPS {
namespace {

#if defined(__AVX512F__)
#define NS_REGISTER_BYTES 64
#elif defined(__AVX2__)
#define NS_REGISTER_BYTES 32
#else
#define NS_REGISTER_BYTES 16
#endif

/// One register: what is longer, compilers take to pieces.
using Floats [[gnu::vector_size(NS_REGISTER_BYTES)]] = float;
using Wholes [[gnu::vector_size(NS_REGISTER_BYTES)]] = std::int32_t;
constexpr Index width = NS_REGISTER_BYTES / 4;

inline Floats load(const float* from) {
  Floats value;
  memcpy(&value, from, sizeof value);
  return value;
}

inline void store(const Floats& value, float* to) { memcpy(to, &value, sizeof value); }

using Four [[gnu::vector_size(16)]] = float;

/// What `combine` makes of all elements.
template <class Combine>
inline float folded(const Floats& value, Combine&& combine) {
  Four parts[width / 4];
  memcpy(parts, &value, sizeof value);
  for (Index i = 1; i < width / 4; ++i) parts[0] = combine(parts[0], parts[i]);
  return combine(combine(parts[0][0], parts[0][2]), combine(parts[0][1], parts[0][3]));
}

inline float total(const Floats& value) {
  return folded(value, [](auto a, auto b) { return a + b; });
}

inline float power(float x) { return x < -87.0F ? 0.0F : exponential(x); }

/// exponential() of numbers that are not above 0; 0 for what is hidden, and for
/// what is next to it.
inline Floats powers(const Floats& x) {
  const Wholes exponent = __builtin_convertvector(x * 1.44269504F - 0.5F, Wholes);
  const Floats n = __builtin_convertvector(exponent, Floats);
  const Floats r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
  Floats p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  const Floats made = (p * r * r + r + 1.0F) * reinterpret_cast<Floats>((exponent + 127) << 23);
  return reinterpret_cast<Floats>(reinterpret_cast<Wholes>(made) & ~(x < -87.0F));
}

inline void mask_row(const WeighWork& work, const float* mask, Index count, float* scores) {
  if (work.mask_hides) {
    for (Index i = 0; i < count; ++i) scores[i] = mask[i] != 0.0F ? scores[i] : -HUGE_VALF;
  } else {
    for (Index i = 0; i < count; ++i) scores[i] += mask[i];
  }
}

inline float highest(const float* scores, Index count) {
  float peak = -FLT_MAX;
  if (count < width) {
    for (Index i = 0; i < count; ++i) peak = maximum(peak, scores[i]);
    return peak;
  }
  Floats peaks = load(scores);
  for (Index i = width; i + width <= count; i += width) {
    const Floats next = load(scores + i);
    peaks = peaks > next ? peaks : next;
  }
  const Floats last = load(scores + count - width);
  peaks = peaks > last ? peaks : last;
  return folded(peaks, [](auto a, auto b) { return a > b ? a : b; });
}

/// Each score becomes the power of its distance from the peak; their sum.
inline float raise(float* scores, Index count, float peak, float scale) {
  Floats sums{};
  Index i = 0;
  for (; i + width <= count; i += width) {
    const Floats made = powers((load(scores + i) - peak) * scale);
    store(made, scores + i);
    sums += made;
  }
  float sum = total(sums);
  for (; i < count; ++i) sum += scores[i] = power((scores[i] - peak) * scale);
  return sum;
}

void weigh_row(const WeighWork& work, Index step, const float* mask, float* scores) {
  Index count = work.keys;
  if (mask != nullptr) count = smaller(count, work.mask_keys);
  if (work.causal) count = smaller(count, step + 1);
  // The highest score has the highest product with a positive scale, which then
  // needs no pass of its own.
  const bool plain = mask == nullptr && work.softcap == 0.0F && work.scale > 0.0F;
  if (!plain)
    for (Index i = 0; i < count; ++i) scores[i] *= work.scale;
  if (work.softcap != 0.0F)
    for (Index i = 0; i < count; ++i) scores[i] = work.softcap * tanh_of(scores[i] / work.softcap);
  if (mask != nullptr) mask_row(work, mask + step * work.mask_stride, count, scores);
  const float sum = raise(scores, count, highest(scores, count), plain ? work.scale : 1.0F);
  const float factor = 1.0F / sum;
  for (Index i = 0; i < count; ++i) scores[i] *= factor;
  const float rest = count == 0 ? NAN : 0.0F;
  for (Index i = count; i < work.keys; ++i) scores[i] = rest;
}

/// Products of a query with `together` keys, so that none waits for the sum of
/// another.
template <Index together>
inline void dots(const float* query, const float* keys, Index stride, Index count, float* scores) {
  Floats sums[together] = {};
  Index i = 0;
  for (; i + width <= count; i += width) {
    const Floats part = load(query + i);
    for (Index key = 0; key < together; ++key) sums[key] += part * load(keys + key * stride + i);
  }
  for (Index key = 0; key < together; ++key) scores[key] = total(sums[key]);
  for (; i < count; ++i)
    for (Index key = 0; key < together; ++key) scores[key] += query[i] * keys[key * stride + i];
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

/// Columns of the result from `column` on, as long as `count` registers of them
/// are left; the next column. The sums stay in these registers.
template <Index count>
inline Index sum_columns(const AttendWork& work, const float* weights, const float* values, Index column,
                         float* out) {
  for (; column + count * width <= work.value_size; column += count * width) {
    Floats sums[count] = {};
    const float* from = values + column;
    for (Index key = 0; key < work.weigh.keys; ++key, from += work.value_stride)
      for (Index i = 0; i < count; ++i) sums[i] += weights[key] * load(from + i * width);
    for (Index i = 0; i < count; ++i) store(sums[i], out + column + i * width);
  }
  return column;
}

/// out = the values' sum, each times its weight.
void weighted_sum(const AttendWork& work, const float* weights, const float* values, float* out) {
  Index column = sum_columns<8>(work, weights, values, 0, out);
  column = sum_columns<4>(work, weights, values, column, out);
  column = sum_columns<1>(work, weights, values, column, out);
  for (Index i = column; i < work.value_size; ++i) out[i] = 0.0F;
  for (Index key = 0; key < work.weigh.keys; ++key)
    for (Index i = column; i < work.value_size; ++i)
      out[i] += weights[key] * values[key * work.value_stride + i];
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
