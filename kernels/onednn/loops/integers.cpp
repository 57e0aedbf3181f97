// Sums of products of 8-bit whole numbers, and the way to such numbers and back. Compiled once per
// instruction set; see loops.hpp.
#include "kernels/onednn/loops/parts.hpp"

namespace ns::onednn::NS_LOOPS {
namespace {

using Sum = std::int32_t;
using Number = std::int16_t;

/// Output positions whose windows are read before the filters pass over them.
constexpr Index tile = 8;
constexpr Index lanes = 4;  // sums side by side

inline Index pixels(const Index* extents) { return extents[0] * extents[1] * extents[2]; }

/// From a sum to what leaves the layer.
inline float scaled(const IntegerWork& work, float sum, float factor) {
  const float value = sum * factor;
  if (!work.is_scaled) return value;
  return held(nearbyintf(value) + work.out_zero_point, work.low, work.high);
}

struct Place {
  Index z, y, x;
};

inline Place place_at(const IntegerWork& work, Index position) {
  const Index* const out = work.windows.out;
  return {position / (out[1] * out[2]), position / out[2] % out[1], position % out[2]};
}

/// Calls visit(tap, pixel) for every tap of the window at `place`; -1 for a pixel outside.
template <class Visit>
inline void for_taps(const IntegerWork& work, Place place, Visit visit) {
  const Windows& w = work.windows;
  Index tap = 0;
  for (Index kz = 0; kz < w.kernel[0]; ++kz)
    for (Index ky = 0; ky < w.kernel[1]; ++ky)
      for (Index kx = 0; kx < w.kernel[2]; ++kx, ++tap) {
        const Index z = place.z * w.stride[0] + kz * w.dilation[0] - w.pad[0];
        const Index y = place.y * w.stride[1] + ky * w.dilation[1] - w.pad[1];
        const Index x = place.x * w.stride[2] + kx * w.dilation[2] - w.pad[2];
        const bool inside = z >= 0 && z < w.in[0] && y >= 0 && y < w.in[1] && x >= 0 && x < w.in[2];
        visit(tap, inside ? (z * w.in[1] + y) * w.in[2] + x : Index{-1});
      }
}

/// The window of one group as one row [tap][channel], zeros outside.
void read_window(const IntegerWork& work, const Number* image, Place place, Index group, Number* column) {
  const Index channels = work.channels / work.groups;
  for_taps(work, place, [&](Index tap, Index pixel) {
    Number* const to = column + tap * channels;
    const Number* const from = image + pixel * work.channels + group * channels;
    for (Index c = 0; c < channels; ++c) to[c] = pixel < 0 ? Number{0} : from[c];
  });
}

/// Positions from `first` on, of one group, against all its filters.
void convolve_tile(const IntegerWork& work, const Number* const* columns, Index first, Index count,
                   Index group, const Number* weights, const float* bias, const float* factors, float* out) {
  const Index filters = work.filters / work.groups;
  const Index length = work.channels / work.groups * pixels(work.windows.kernel);
  for (Index f = group * filters; f < (group + 1) * filters; ++f) {
    for (Index p = 0; p < count; p += lanes) {
      Sum sums[lanes];
      dots(columns + p, weights + f * length, length, sums);
      for (Index i = 0; i < lanes && p + i < count; ++i)
        out[(first + p + i) * work.filters + f] =
            scaled(work, static_cast<float>(sums[i]) + bias[f], factors[f]);
    }
  }
}

/// One filter per channel: [tap][channel], all channels at once.
void convolve_depthwise(const IntegerWork& work, const Number* image, const Number* weights,
                        const float* bias, const float* factors, float* out, Sum* sums) {
  for (Index position = 0; position < pixels(work.windows.out); ++position) {
    for (Index c = 0; c < work.channels; ++c) sums[c] = 0;
    for_taps(work, place_at(work, position), [&](Index tap, Index pixel) {
      if (pixel < 0) return;
      const Number* const from = image + pixel * work.channels;
      const Number* const filter = weights + tap * work.channels;
      for (Index c = 0; c < work.channels; ++c) sums[c] += static_cast<Sum>(from[c]) * filter[c];
    });
    float* const to = out + position * work.channels;
    for (Index c = 0; c < work.channels; ++c)
      to[c] = scaled(work, static_cast<float>(sums[c]) + bias[c], factors[c]);
  }
}

void convolve_image(const IntegerWork& work, const Number* image, const Number* weights, const float* bias,
                    const float* factors, float* out, Number* room) {
  const Index length = work.channels / work.groups * pixels(work.windows.kernel);
  const Index positions = pixels(work.windows.out);
  for (Index group = 0; group < work.groups; ++group)
    for (Index first = 0; first < positions; first += tile) {
      const Index count = smaller(tile, positions - first);
      const Number* columns[tile];
      for (Index p = 0; p < tile; ++p) {
        columns[p] = room + (p < count ? p : 0) * length;
        if (p < count) read_window(work, image, place_at(work, first + p), group, room + p * length);
      }
      convolve_tile(work, columns, first, count, group, weights, bias, factors, out);
    }
}

}  // namespace

void convolve_integers(const IntegerWork& work, const float* in, const std::int16_t* weights,
                       const float* bias, const float* factors, float* out, void* room) {
  const Index count = pixels(work.windows.in) * work.channels;
  // The widest first, so that all stand aligned.
  Sum* const sums = static_cast<Sum*>(room);
  Number* const image = reinterpret_cast<Number*>(sums + work.channels);
  Number* const columns = image + count;
  for (Index n = 0; n < work.batch; ++n) {
    for (Index i = 0; i < count; ++i) image[i] = static_cast<Number>(in[i] - work.in_zero_point);
    if (work.is_depthwise)
      convolve_depthwise(work, image, weights, bias, factors, out, sums);
    else
      convolve_image(work, image, weights, bias, factors, out, columns);
    in += count;
    out += pixels(work.windows.out) * work.filters;
  }
}

void to_bytes(const FunctionWork& work, bool is_signed, const float* in, void* out) {
  const auto whole = [&](float value) {
    const float scaled = nearbyintf(value / work.alpha) + work.beta;
    return scaled != scaled ? 0.0F : held(scaled, work.gamma, work.delta);
  };
  if (is_signed) {
    auto* const bytes = static_cast<signed char*>(out);
    for (Index i = 0; i < work.count; ++i) bytes[i] = static_cast<signed char>(whole(in[i]));
  } else {
    auto* const bytes = static_cast<unsigned char*>(out);
    for (Index i = 0; i < work.count; ++i) bytes[i] = static_cast<unsigned char>(whole(in[i]));
  }
}

void from_bytes(const FunctionWork& work, bool is_signed, const void* in, float* out) {
  if (is_signed) {
    const auto* const bytes = static_cast<const signed char*>(in);
    for (Index i = 0; i < work.count; ++i) out[i] = (static_cast<float>(bytes[i]) - work.beta) * work.alpha;
  } else {
    const auto* const bytes = static_cast<const unsigned char*>(in);
    for (Index i = 0; i < work.count; ++i) out[i] = (static_cast<float>(bytes[i]) - work.beta) * work.alpha;
  }
}

}  // namespace ns::onednn::NS_LOOPS
