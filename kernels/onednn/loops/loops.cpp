// Compiled once per instruction set with NS_LOOPS naming it; see loops.hpp for why no standard container or
// algorithm appears here.
#include "kernels/onednn/loops/parts.hpp"

#include <float.h>

namespace ns::onednn::NS_LOOPS {
namespace {

/// base^-beta; the usual 0.75 by two square roots.
inline void negative_powers(const float* base, float beta, Index count, float* result) {
  if (beta == 0.75F) {
    for (Index i = 0; i < count; ++i) {
      const float root = sqrtf(base[i]);
      result[i] = 1.0F / (root * sqrtf(root));
    }
    return;
  }
  for (Index i = 0; i < count; ++i) result[i] = powf(base[i], -beta);
}

// ---------------------------------------------------------------- local

/// The window at (top, left) as one column [channel, ky, kx], zeros where it leaves the map.
void gather(const LocalWork& work, const float* image, Index top, Index left, float* column) {
  const Maps& in = work.in;
  for (Index c = 0; c < in.channels; ++c) {
    const float* const plane = image + c / in.block * in.height * in.width * in.block + c % in.block;
    for (Index ky = 0; ky < work.kernel[0]; ++ky) {
      const Index y = top + ky;
      for (Index kx = 0; kx < work.kernel[1]; ++kx) {
        const Index x = left + kx;
        const bool inside = y >= 0 && y < in.height && x >= 0 && x < in.width;
        *column++ = inside ? plane[(y * in.width + x) * in.block] : 0.0F;
      }
    }
  }
}

void store_lanes(const LocalWork& work, const float* sums, Index first, Index position, float* image) {
  const Index positions = work.out_height * work.out_width;
  const Index count = smaller(local_lanes, work.filters - first);
  for (Index lane = 0; lane < count; ++lane) {
    const Index f = first + lane;
    image[(f / work.out_block * positions + position) * work.out_block + f % work.out_block] = sums[lane];
  }
}

void local(const LocalWork& work, const float* in, const float* weights, const float* bias, float* out,
           float* column) {
  const Index positions = work.out_height * work.out_width;
  const Index taps = work.in.channels * work.kernel[0] * work.kernel[1];
  const Index chunks = (work.filters + local_lanes - 1) / local_lanes;
  const Index in_image =
      (work.in.channels + work.in.block - 1) / work.in.block * work.in.block * work.in.height * work.in.width;
  for (Index position = 0; position < positions; ++position) {
    const Index top = position / work.out_width * work.stride[0] - work.pad[0];
    const Index left = position % work.out_width * work.stride[1] - work.pad[1];
    for (Index n = 0; n < work.in.batch; ++n) {
      gather(work, in + n * in_image, top, left, column);
      for (Index chunk = 0; chunk < chunks; ++chunk) {
        const float* filter = weights + (position * chunks + chunk) * taps * local_lanes;
        float sums[local_lanes];
        for (Index lane = 0; lane < local_lanes; ++lane)
          sums[lane] = bias[(position * chunks + chunk) * local_lanes + lane];
        for (Index tap = 0; tap < taps; ++tap, filter += local_lanes) {
          const float value = column[tap];
          for (Index lane = 0; lane < local_lanes; ++lane) sums[lane] += value * filter[lane];
        }
        store_lanes(work, sums, chunk * local_lanes, position, out + n * work.filters * positions);
      }
    }
  }
}

// ---------------------------------------------------------------- per channel

inline Index blocks(const Maps& maps) { return (maps.channels + maps.block - 1) / maps.block; }

void affine(const Maps& maps, const float* in, const float* scale, const float* shift, float* out) {
  const Index plane = maps.height * maps.width;
  for (Index n = 0; n < maps.batch; ++n) {
    for (Index c = 0; c < blocks(maps); ++c, in += plane * maps.block, out += plane * maps.block) {
      const float* const a = scale + c * maps.block;
      const float* const b = shift + c * maps.block;
      if (maps.block == 1) {
        for (Index i = 0; i < plane; ++i) out[i] = in[i] * a[0] + b[0];
        continue;
      }
      for (Index i = 0; i < plane; ++i)
        for (Index lane = 0; lane < maps.block; ++lane)
          out[i * maps.block + lane] = in[i * maps.block + lane] * a[lane] + b[lane];
    }
  }
}

void scale(const Maps& maps, const float* in, const float* factors, float* out) {
  const Index plane = maps.height * maps.width;
  for (Index n = 0; n < maps.batch * blocks(maps); ++n, in += plane * maps.block, out += plane * maps.block) {
    const float* const a = factors + n * maps.block;
    if (maps.block == 1) {
      for (Index i = 0; i < plane; ++i) out[i] = in[i] * a[0];
      continue;
    }
    for (Index i = 0; i < plane; ++i)
      for (Index lane = 0; lane < maps.block; ++lane)
        out[i * maps.block + lane] = in[i * maps.block + lane] * a[lane];
  }
}

void prelu(const Maps& maps, const float* in, const float* slope, float* out) {
  const Index plane = maps.height * maps.width;
  for (Index n = 0; n < maps.batch; ++n) {
    for (Index c = 0; c < blocks(maps); ++c, in += plane * maps.block, out += plane * maps.block) {
      const float* const a = slope + c * maps.block;
      for (Index i = 0; i < plane; ++i) {
        for (Index lane = 0; lane < maps.block; ++lane) {
          const float x = in[i * maps.block + lane];
          out[i * maps.block + lane] = x < 0.0F ? a[lane] * x : x;
        }
      }
    }
  }
}

// ---------------------------------------------------------------- local response

constexpr Index strip = 256;  // elements worked on at a time, on the stack

void response_across(const ResponseWork& work, const float* in, float* out) {
  const Maps& maps = work.maps;
  const Index plane = maps.height * maps.width;
  const Index half = work.size / 2;
  for (Index n = 0; n < maps.batch; ++n, in += maps.channels * plane, out += maps.channels * plane) {
    for (Index c = 0; c < maps.channels; ++c) {
      for (Index start = 0; start < plane; start += strip) {
        const Index count = smaller(strip, plane - start);
        float base[strip];
        float factor[strip];
        for (Index i = 0; i < count; ++i) base[i] = 0.0F;
        for (Index k = larger(0, c - half); k <= smaller(maps.channels - 1, c + half); ++k) {
          const float* const other = in + k * plane + start;
          for (Index i = 0; i < count; ++i) base[i] += other[i] * other[i];
        }
        for (Index i = 0; i < count; ++i) base[i] = work.k + work.alpha_per_element * base[i];
        negative_powers(base, work.beta, count, factor);
        for (Index i = 0; i < count; ++i) out[c * plane + start + i] = in[c * plane + start + i] * factor[i];
      }
    }
  }
}

/// Sum of squares around (y, x) for `count` lanes of one block from `first` on.
void window_squares(const ResponseWork& work, const float* plane, Index y, Index x, Index first, Index count,
                    float* sums) {
  const Maps& maps = work.maps;
  const Index half = work.size / 2;
  for (Index lane = 0; lane < count; ++lane) sums[lane] = 0.0F;
  for (Index row = larger(0, y - half); row <= smaller(maps.height - 1, y + half); ++row) {
    for (Index column = larger(0, x - half); column <= smaller(maps.width - 1, x + half); ++column) {
      const float* const from = plane + (row * maps.width + column) * maps.block + first;
      for (Index lane = 0; lane < count; ++lane) sums[lane] += from[lane] * from[lane];
    }
  }
}

void response_position(const ResponseWork& work, const float* in, Index y, Index x, float* out) {
  const Index block = work.maps.block;
  const Index place = (y * work.maps.width + x) * block;
  for (Index first = 0; first < block; first += strip) {
    const Index count = smaller(strip, block - first);
    float base[strip];
    float factor[strip];
    window_squares(work, in, y, x, first, count, base);
    for (Index lane = 0; lane < count; ++lane) base[lane] = work.k + work.alpha_per_element * base[lane];
    negative_powers(base, work.beta, count, factor);
    for (Index lane = 0; lane < count; ++lane)
      out[place + first + lane] = in[place + first + lane] * factor[lane];
  }
}

void response_within(const ResponseWork& work, const float* in, float* out) {
  const Maps& maps = work.maps;
  const Index size = maps.height * maps.width * maps.block;
  for (Index map = 0; map < maps.batch * blocks(maps); ++map, in += size, out += size) {
    for (Index y = 0; y < maps.height; ++y)
      for (Index x = 0; x < maps.width; ++x) response_position(work, in, y, x, out);
  }
}

// ---------------------------------------------------------------- pool

struct Cover {
  Index start[3];
  Index first[3];  // tap
  Index last[3];   // behind it
  Index inside = 1;
  Index padded = 1;
};

/// How many of `most` taps, `step` apart, stand before `end`.
inline Index taps_before(Index end, Index start, Index step, Index most) {
  if (end <= start) return 0;
  return smaller(most, (end - start + step - 1) / step);
}

Cover cover_of(const Windows& windows, const Index (&position)[3]) {
  Cover cover;
  for (int axis = 0; axis < 3; ++axis) {
    const Index start = position[axis] * windows.stride[axis] - windows.pad[axis];
    const Index step = windows.dilation[axis];
    const Index taps = windows.kernel[axis];
    cover.padded *= taps_before(windows.in[axis] + windows.pad_end[axis], start, step, taps);
    cover.start[axis] = start;
    cover.first[axis] = taps_before(0, start, step, taps);
    cover.last[axis] = taps_before(windows.in[axis], start, step, taps);
    cover.inside *= larger(0, cover.last[axis] - cover.first[axis]);
  }
  return cover;
}

template <class Combine>
void pool_window(const PoolWork& work, const Cover& cover, const float* plane, float* sums,
                 Combine&& combine) {
  const Index block = work.maps.block;
  const auto at = [&](int axis, Index tap) { return cover.start[axis] + tap * work.windows.dilation[axis]; };
  for (Index z = cover.first[0]; z < cover.last[0]; ++z) {
    for (Index y = cover.first[1]; y < cover.last[1]; ++y) {
      for (Index x = cover.first[2]; x < cover.last[2]; ++x) {
        const float* const from =
            plane + ((at(0, z) * work.windows.in[1] + at(1, y)) * work.windows.in[2] + at(2, x)) * block;
        for (Index lane = 0; lane < block; ++lane) sums[lane] = combine(sums[lane], from[lane]);
      }
    }
  }
}

void pool_position(const PoolWork& work, const Cover& cover, const float* plane, float* out) {
  const Index block = work.maps.block;
  if (work.is_max) {
    for (Index lane = 0; lane < block; ++lane) out[lane] = -FLT_MAX;
    pool_window(work, cover, plane, out, maximum);
    return;
  }
  for (Index lane = 0; lane < block; ++lane) out[lane] = 0.0F;
  pool_window(work, cover, plane, out, [](float a, float b) { return a + b; });
  const Index count = larger(1, work.count_pad ? cover.padded : cover.inside);
  for (Index lane = 0; lane < block; ++lane) out[lane] /= static_cast<float>(count);
}

void pool(const PoolWork& work, const float* in, float* out) {
  const Windows& windows = work.windows;
  const Index in_size = windows.in[0] * windows.in[1] * windows.in[2] * work.maps.block;
  for (Index map = 0; map < work.maps.batch * blocks(work.maps); ++map, in += in_size) {
    for (Index z = 0; z < windows.out[0]; ++z) {
      for (Index y = 0; y < windows.out[1]; ++y) {
        for (Index x = 0; x < windows.out[2]; ++x, out += work.maps.block)
          pool_position(work, cover_of(windows, {z, y, x}), in, out);
      }
    }
  }
}

// ---------------------------------------------------------------- along an axis

/// `inner` lines side by side; `sums` has room for two rows of `inner`.
void softmax(const AxisWork& work, const float* in, float* out, float* sums) {
  float* const peaks = sums + work.inner;
  for (Index outer = 0; outer < work.outer; ++outer) {
    for (Index i = 0; i < work.inner; ++i) peaks[i] = in[i];
    for (Index k = 1; k < work.extent; ++k)
      for (Index i = 0; i < work.inner; ++i) peaks[i] = maximum(peaks[i], in[k * work.inner + i]);
    for (Index i = 0; i < work.inner; ++i) sums[i] = 0.0F;
    for (Index k = 0; k < work.extent; ++k) {
      for (Index i = 0; i < work.inner; ++i) {
        const float power = exponential(in[k * work.inner + i] - peaks[i]);
        out[k * work.inner + i] = power;
        sums[i] += power;
      }
    }
    for (Index i = 0; i < work.inner; ++i) sums[i] = 1.0F / sums[i];
    for (Index k = 0; k < work.extent; ++k)
      for (Index i = 0; i < work.inner; ++i) out[k * work.inner + i] *= sums[i];
    in += work.extent * work.inner;
    out += work.extent * work.inner;
  }
}

/// Whether element `a` stands before `b`: larger, or equal and earlier.
inline bool precedes(const float* line, float sign, Index inner, Index a, Index b) {
  const float left = sign * line[a * inner];
  const float right = sign * line[b * inner];
  return left > right || (left == right && a < b);
}

void argmax(const AxisWork& work, const float* in, float* out) {
  for (Index outer = 0; outer < work.outer; ++outer) {
    for (Index i = 0; i < work.inner; ++i) {
      const float* const line = in + outer * work.extent * work.inner + i;
      Index previous = -1;
      for (Index rank = 0; rank < work.top; ++rank) {
        Index best = -1;
        for (Index k = 0; k < work.extent; ++k) {
          if (previous >= 0 && !precedes(line, work.sign, work.inner, previous, k)) continue;
          if (best < 0 || precedes(line, work.sign, work.inner, k, best)) best = k;
        }
        out[(outer * work.top + rank) * work.inner + i] = static_cast<float>(best);
        previous = best;
      }
    }
  }
}

}  // namespace

extern const Loops table{&local,
                         &affine,
                         &scale,
                         &prelu,
                         &response_across,
                         &response_within,
                         &pool,
                         &softmax,
                         &argmax,
                         &broadcast,
                         &select,
                         &copy,
                         &spread,
                         &relayout,
                         &function,
                         &reduce,
                         &normalise,
                         &log_softmax,
                         &hardmax,
                         &resample,
                         &pad,
                         &gather_rows,
                         &gather_elements,
                         &gather_places,
                         &scatter_elements,
                         &scatter_places,
                         &recur,
                         &recur_integers,
                         &convolve_integers,
                         &find_scaling,
                         &make_whole,
                         &make_real,
                         &frame,
                         &finish_sums,
                         &to_bytes,
                         &from_bytes,
                         &topk,
                         &cumulate,
                         &weigh,
                         &attend};

}  // namespace ns::onednn::NS_LOOPS
