// Sums and statistics along lines, resampling; see loops.cpp.
#include "kernels/onednn/loops/parts.hpp"

#include <float.h>

namespace ns::onednn::NS_LOOPS {
namespace {

constexpr Index lanes = 16;

/// One value of a line from `count` values `stride` = 1 apart, in as many partial results as a register has
/// lanes.
template <class Enter, class Combine>
float fold_line(const float* in, Index count, float start, Enter&& enter, Combine&& combine) {
  float parts[lanes];
  for (Index lane = 0; lane < lanes; ++lane) parts[lane] = start;
  Index i = 0;
  for (; i + lanes <= count; i += lanes)
    for (Index lane = 0; lane < lanes; ++lane) parts[lane] = combine(parts[lane], enter(in[i + lane]));
  for (; i < count; ++i) parts[0] = combine(parts[0], enter(in[i]));
  for (Index width = lanes / 2; width > 0; width /= 2)
    for (Index lane = 0; lane < width; ++lane) parts[lane] = combine(parts[lane], parts[lane + width]);
  return parts[0];
}

inline float itself(float x) { return x; }
inline float minimum(float a, float b) { return a < b ? a : b; }
inline float added(float a, float b) { return a + b; }

float sum_of(const float* in, Index count) { return fold_line(in, count, 0.0F, itself, added); }
float peak_of(const float* in, Index count) { return fold_line(in, count, -FLT_MAX, itself, maximum); }

template <class Enter, class Combine>
void fold(const ReduceWork& work, const float* in, float* out, float start, Enter&& enter,
          Combine&& combine) {
  for (Index outer = 0; outer < work.outer; ++outer) {
    float* const row = out + outer * work.inner;
    if (work.inner == 1) {
      *row = fold_line(in, work.extent, start, enter, combine);
      in += work.extent;
      continue;
    }
    for (Index i = 0; i < work.inner; ++i) row[i] = start;
    for (Index k = 0; k < work.extent; ++k, in += work.inner)
      for (Index i = 0; i < work.inner; ++i) row[i] = combine(row[i], enter(in[i]));
  }
}

/// By the peak of each line, so that no exponential overflows.
void log_sum_exp(const ReduceWork& work, const float* in, float* out) {
  for (Index outer = 0; outer < work.outer; ++outer, in += work.extent * work.inner) {
    for (Index i = 0; i < work.inner; ++i) {
      float peak = -FLT_MAX;
      for (Index k = 0; k < work.extent; ++k) peak = maximum(peak, in[k * work.inner + i]);
      float sum = 0.0F;
      for (Index k = 0; k < work.extent; ++k) sum += exponential(in[k * work.inner + i] - peak);
      *out++ = peak + logf(sum);
    }
  }
}

void gather_up(const ReduceWork& work, const float* in, float* out) {
  switch (work.gathering) {
    case Gathering::sum:
      return fold(work, in, out, 0.0F, itself, added);
    case Gathering::magnitudes:
      return fold(
          work, in, out, 0.0F, [](float x) { return fabsf(x); }, added);
    case Gathering::squares:
      return fold(
          work, in, out, 0.0F, [](float x) { return x * x; }, added);
    case Gathering::product:
      return fold(work, in, out, 1.0F, itself, [](float a, float b) { return a * b; });
    case Gathering::max:
      return fold(work, in, out, -HUGE_VALF, itself, maximum);
    case Gathering::min:
      return fold(work, in, out, HUGE_VALF, itself, minimum);
    case Gathering::log_sum_exp:
      return log_sum_exp(work, in, out);
  }
}

}  // namespace

void reduce(const ReduceWork& work, const float* in, float* out) {
  gather_up(work, in, out);
  const Index count = work.outer * work.inner;
  if (work.factor != 1.0F)
    for (Index i = 0; i < count; ++i) out[i] *= work.factor;
  if (work.finish == Finish::root)
    for (Index i = 0; i < count; ++i) out[i] = sqrtf(out[i]);
  if (work.finish == Finish::logarithm)
    for (Index i = 0; i < count; ++i) out[i] = logf(out[i]);
}

namespace {

struct Moments {
  float mean;      // as far as one float holds it
  float residual;  // what is left of it: matters where all values of a line are nearly alike
  float factor;    // that brings the line to mean square 1
};

Moments moments_of(const NormaliseWork& work, const float* in) {
  const float count = static_cast<float>(work.count);
  const float mean = work.centred ? sum_of(in, work.count) / count : 0.0F;
  const float residual = work.centred
                             ? fold_line(
                                   in, work.count, 0.0F, [mean](float x) { return x - mean; }, added) /
                                   count
                             : 0.0F;
  const float square = fold_line(
      in, work.count, 0.0F,
      [mean, residual](float x) {
        const float apart = (x - mean) - residual;
        return apart * apart;
      },
      added);
  return {mean, residual, 1.0F / sqrtf(square / count + work.epsilon)};
}

}  // namespace

void normalise(const NormaliseWork& work, const float* in, const float* scale, const float* shift,
               float* out) {
  for (Index line = 0; line < work.lines; ++line, in += work.count, out += work.count) {
    const auto [mean, residual, factor] = moments_of(work, in);
    if (work.weights == work.count && work.per_weight == 1) {  // one scale per value, the same for all lines
      for (Index i = 0; i < work.count; ++i) {
        const float gain = scale == nullptr ? factor : factor * scale[i];
        const float offset = shift == nullptr ? 0.0F : shift[i];
        out[i] = ((in[i] - mean) - residual) * gain + offset;
      }
      continue;
    }
    Index slot = line * (work.count / work.per_weight) % work.weights;
    for (Index start = 0; start < work.count; start += work.per_weight, ++slot) {
      const float gain = scale == nullptr ? factor : factor * scale[slot];
      const float offset = shift == nullptr ? 0.0F : shift[slot];
      for (Index i = start; i < start + work.per_weight; ++i)
        out[i] = ((in[i] - mean) - residual) * gain + offset;
    }
  }
}

namespace {

void log_softmax_line(const float* in, Index count, float* out) {
  const float peak = peak_of(in, count);
  const float sum = fold_line(
      in, count, 0.0F, [peak](float x) { return exponential(x - peak); }, added);
  const float offset = peak + logf(sum);
  for (Index i = 0; i < count; ++i) out[i] = in[i] - offset;
}

}  // namespace

/// `inner` lines side by side; `sums` has room for two rows of `inner`.
void log_softmax(const AxisWork& work, const float* in, float* out, float* sums) {
  float* const peaks = sums + work.inner;
  const Index step = work.extent * work.inner;
  for (Index outer = 0; outer < work.outer; ++outer, in += step, out += step) {
    if (work.inner == 1) {
      log_softmax_line(in, work.extent, out);
      continue;
    }
    for (Index i = 0; i < work.inner; ++i) {
      peaks[i] = in[i];
      sums[i] = 0.0F;
    }
    for (Index k = 1; k < work.extent; ++k)
      for (Index i = 0; i < work.inner; ++i) peaks[i] = maximum(peaks[i], in[k * work.inner + i]);
    for (Index k = 0; k < work.extent; ++k)
      for (Index i = 0; i < work.inner; ++i) sums[i] += exponential(in[k * work.inner + i] - peaks[i]);
    for (Index i = 0; i < work.inner; ++i) peaks[i] += logf(sums[i]);
    for (Index k = 0; k < work.extent; ++k)
      for (Index i = 0; i < work.inner; ++i) out[k * work.inner + i] = in[k * work.inner + i] - peaks[i];
  }
}

void hardmax(const AxisWork& work, const float* in, float* out) {
  const Index step = work.extent * work.inner;
  for (Index outer = 0; outer < work.outer; ++outer, in += step, out += step) {
    for (Index i = 0; i < work.inner; ++i) {
      Index best = 0;
      for (Index k = 0; k < work.extent; ++k) {
        if (in[k * work.inner + i] > in[best * work.inner + i]) best = k;
        out[k * work.inner + i] = 0.0F;
      }
      out[best * work.inner + i] = 1.0F;
    }
  }
}

namespace {

/// Along the last axis, where no neighbours share their weights.
void resample_line(const ResampleWork& work, const float* in, float* out) {
  const Index* sources = work.sources;
  const float* weights = work.weights;
  if (work.taps == 1) {
    for (Index o = 0; o < work.out; ++o) out[o] = weights[o] * in[sources[o]];
    return;
  }
  for (Index o = 0; o < work.out; ++o, sources += work.taps, weights += work.taps) {
    float sum = 0.0F;
    for (Index tap = 0; tap < work.taps; ++tap) sum += weights[tap] * in[sources[tap]];
    out[o] = sum;
  }
}

}  // namespace

void resample(const ResampleWork& work, const float* in, float* out) {
  if (work.inner == 1) {
    for (Index outer = 0; outer < work.outer; ++outer, in += work.in, out += work.out)
      resample_line(work, in, out);
    return;
  }
  for (Index outer = 0; outer < work.outer; ++outer, in += work.in * work.inner) {
    for (Index o = 0; o < work.out; ++o, out += work.inner) {
      const Index* const sources = work.sources + o * work.taps;
      const float* const weights = work.weights + o * work.taps;
      for (Index i = 0; i < work.inner; ++i) out[i] = weights[0] * in[sources[0] * work.inner + i];
      for (Index tap = 1; tap < work.taps; ++tap) {
        const float* const row = in + sources[tap] * work.inner;
        for (Index i = 0; i < work.inner; ++i) out[i] += weights[tap] * row[i];
      }
    }
  }
}

}  // namespace ns::onednn::NS_LOOPS
