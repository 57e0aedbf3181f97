// What stands around sums of products of 8-bit whole numbers that oneDNN makes: images of bytes before them,
// zero points that are taken away behind them. Compiled once per instruction set; see loops.hpp.
#include "kernels/onednn/loops/parts.hpp"

namespace ns::onednn::NS_LOOPS {
namespace {

using Sum = std::int32_t;
using Bits = std::uint32_t;  // wraps around: only the last result must fit into a Sum

/// Sums over the channels of each group, pixel by pixel.
void sum_channels(const FrameWork& work, const unsigned char* image, Sum* sums) {
  const Index channels = work.channels / work.groups;
  for (Index i = 0; i < work.framed[0] * work.framed[1] * work.framed[2] * work.groups; ++i) {
    Sum sum = 0;
    for (Index c = 0; c < channels; ++c) sum += image[i * channels + c];
    sums[i] = sum;
  }
}

/// The sum over the window of group `group` at an output position.
inline Sum window_sum(const FrameWork& work, const Sum* channel_sums, Index z, Index y, Index x,
                      Index group) {
  const Windows& w = work.windows;
  Sum sum = 0;
  for (Index kz = 0; kz < w.kernel[0]; ++kz)
    for (Index ky = 0; ky < w.kernel[1]; ++ky)
      for (Index kx = 0; kx < w.kernel[2]; ++kx) {
        const Index from_z = z * w.stride[0] + kz * w.dilation[0];
        const Index from_y = y * w.stride[1] + ky * w.dilation[1];
        const Index from_x = x * w.stride[2] + kx * w.dilation[2];
        const Index pixel = (from_z * work.framed[1] + from_y) * work.framed[2] + from_x;
        sum += channel_sums[pixel * work.groups + group];
      }
  return sum;
}

/// What is to be taken away from the sums of one pixel: `windows` has the sum of each group's window above
/// its zero.
struct Excess {
  Bits zero = 0;
  const Sum* filter_sums;
  const Sum* filter_zeros;  // null: none
  const Sum* windows;
};

void finish_pixel(const FrameWork& work, const Excess& excess, const Sum* sums, float scale,
                  const float* bias, const float* factors, float* out) {
  const Index filters = work.filters / work.groups;
  for (Index group = 0; group < work.groups; ++group) {
    const Bits window = excess.filter_zeros == nullptr ? 0 : static_cast<Bits>(excess.windows[group]);
    for (Index f = group * filters; f < (group + 1) * filters; ++f) {
      Bits sum = static_cast<Bits>(sums[f]) - excess.zero * static_cast<Bits>(excess.filter_sums[f]);
      if (excess.filter_zeros != nullptr) sum -= static_cast<Bits>(excess.filter_zeros[f]) * window;
      const float whole = static_cast<float>(static_cast<Sum>(sum));
      if (work.is_scaled) {
        const float scaled = nearbyintf((whole + bias[f]) * factors[f]) + work.out_zero_point;
        out[f] = held(scaled, work.low, work.high);
      } else if (work.is_dynamic) {
        out[f] = whole * (scale * factors[f]) + bias[f];
      } else {
        out[f] = (whole + bias[f]) * factors[f];
      }
    }
  }
}

}  // namespace

void find_scaling(Index count, const float* in, float* scaling) {
  float low = 0.0F;
  float high = 0.0F;
  for (Index i = 0; i < count; ++i) {
    low = in[i] < low ? in[i] : low;
    high = in[i] > high ? in[i] : high;
  }
  const float scale = low == high ? 1.0F : (high - low) / most_byte;
  const float zero_point = nearbyintf(held(-low / scale, 0.0F, most_byte));
  scaling[0] = scale;
  scaling[1] = zero_point >= 0.0F && zero_point <= most_byte ? zero_point : 0.0F;
}

void make_whole(Index count, const float* scaling, const float* in, float* out) {
  const float scale = scaling[0];
  const float zero_point = scaling[1];
  for (Index i = 0; i < count; ++i) out[i] = whole_of(in[i], scale, zero_point) - zero_point;
}

void make_real(Index pixels, Index filters, const float* scaling, const float* bias, float* values) {
  const float scale = scaling[0];
  for (Index pixel = 0; pixel < pixels; ++pixel, values += filters)
    for (Index f = 0; f < filters; ++f) values[f] = values[f] * scale + bias[f];
}

void frame(const FrameWork& work, const float* scaling, const float* in, unsigned char* out) {
  const Windows& w = work.windows;
  const float scale = scaling[0];
  const float added = scaling[1];
  const unsigned char edge = static_cast<unsigned char>(added + work.zero_above);
  const Index line = w.in[2] * work.channels;
  for (Index n = 0; n < work.batch; ++n)
    for (Index z = 0; z < work.framed[0]; ++z)
      for (Index y = 0; y < work.framed[1]; ++y) {
        const Index from_z = z - w.pad[0];
        const Index from_y = y - w.pad[1];
        const Index before = w.pad[2] * work.channels;
        const Index length = work.framed[2] * work.channels;
        if (from_z < 0 || from_z >= w.in[0] || from_y < 0 || from_y >= w.in[1]) {
          for (Index i = 0; i < length; ++i) out[i] = edge;
        } else {
          const float* const from = in + ((n * w.in[0] + from_z) * w.in[1] + from_y) * line;
          for (Index i = 0; i < before; ++i) out[i] = edge;
          for (Index i = 0; i < line; ++i)
            out[before + i] = static_cast<unsigned char>(whole_of(from[i], scale, added));
          for (Index i = before + line; i < length; ++i) out[i] = edge;
        }
        out += length;
      }
}

void finish_sums(const FrameWork& work, const float* scaling, const unsigned char* image, const Sum* sums,
                 const Sum* filter_sums, const Sum* filter_zeros, const float* bias, const float* factors,
                 float* out, Sum* room) {
  const Windows& w = work.windows;
  const Index image_size = work.framed[0] * work.framed[1] * work.framed[2] * work.channels;
  const Sum zero = static_cast<Sum>(scaling[1] + work.zero_above);
  const Index length = work.channels / work.groups * w.kernel[0] * w.kernel[1] * w.kernel[2];
  Sum* const channel_sums = room + work.groups;
  const Excess excess{static_cast<Bits>(zero), filter_sums, filter_zeros, room};
  for (Index n = 0; n < work.batch; ++n, image += image_size) {
    if (filter_zeros != nullptr) sum_channels(work, image, channel_sums);
    for (Index z = 0; z < w.out[0]; ++z)
      for (Index y = 0; y < w.out[1]; ++y)
        for (Index x = 0; x < w.out[2]; ++x, sums += work.filters, out += work.filters) {
          if (filter_zeros != nullptr)
            for (Index group = 0; group < work.groups; ++group)
              room[group] =
                  static_cast<Sum>(static_cast<Bits>(window_sum(work, channel_sums, z, y, x, group)) -
                                   static_cast<Bits>(zero) * static_cast<Bits>(length));
          finish_pixel(work, excess, sums, scaling[0], bias, factors, out);
        }
  }
}

}  // namespace ns::onednn::NS_LOOPS
