/// What the files of loops share within one instruction set. Everything here stands in the namespace of that
/// set, so that no set's code is merged with another's.
#pragma once

#include "kernels/onednn/loops/table.hpp"

#include <math.h>

namespace ns::onednn::NS_LOOPS {

using Index = std::int64_t;

inline Index smaller(Index a, Index b) { return a < b ? a : b; }
inline Index larger(Index a, Index b) { return a > b ? a : b; }
inline float maximum(float a, float b) { return a > b ? a : b; }

inline float held(float value, float low, float high) {
  value = value < low ? low : value;
  return value > high ? high : value;
}

/// e^x to 2 ulp (range reduction by ln 2 and a polynomial of degree 6, Cephes), so that the compiler can
/// vectorise it. Below -87 the result is next to 0.
inline float exponential(float x) {
  x = x < -87.0F ? -87.0F : x;
  x = x > 88.0F ? 88.0F : x;
  const float n = floorf(x * 1.44269504F + 0.5F);
  const float r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  const float significand = p * r * r + r + 1.0F;
  union {
    std::int32_t bits;
    float value;
  } power{(static_cast<std::int32_t>(n) + 127) << 23};
  return significand * power.value;
}

/// The place that `index` names among `extent` elements; negative indices count from the end, what names none
/// wraps around.
inline Index place_of(float index, Index extent) {
  if (!(index > -9.0e15F && index < 9.0e15F)) return 0;
  const Index place = static_cast<Index>(index);
  if (place >= 0 && place < extent) return place;
  const Index rest = place % extent;
  return rest < 0 ? rest + extent : rest;
}

inline float sigmoid(float x) { return 1.0F / (1.0F + exponential(-x)); }
inline float tanh_of(float x) { return 2.0F * sigmoid(2.0F * x) - 1.0F; }

/// The largest byte.
constexpr float most_byte = 255.0F;

/// The byte that stands for a real number.
inline float whole_of(float value, float scale, float zero_point) {
  const float whole = nearbyintf(value / scale) + zero_point;
  return whole != whole ? 0.0F : held(whole, 0.0F, most_byte);
}

/// Products of four rows of whole numbers, which hold differences of bytes, with a fifth.
inline void dots(const std::int16_t* const* columns, const std::int16_t* filter, Index count,
                 std::int32_t* sums) {
  const std::int16_t* const a = columns[0];
  const std::int16_t* const b = columns[1];
  const std::int16_t* const c = columns[2];
  const std::int16_t* const d = columns[3];
  std::int32_t s0 = 0;
  std::int32_t s1 = 0;
  std::int32_t s2 = 0;
  std::int32_t s3 = 0;
  for (Index i = 0; i < count; ++i) {
    s0 += static_cast<std::int32_t>(a[i]) * filter[i];
    s1 += static_cast<std::int32_t>(b[i]) * filter[i];
    s2 += static_cast<std::int32_t>(c[i]) * filter[i];
    s3 += static_cast<std::int32_t>(d[i]) * filter[i];
  }
  sums[0] = s0;
  sums[1] = s1;
  sums[2] = s2;
  sums[3] = s3;
}

// arithmetic.cpp
void broadcast(const BroadcastWork& work, const float* first, const float* second, float* out);
void select(const SelectWork& work, const float* condition, const float* first, const float* second,
            float* out);
void function(const FunctionWork& work, const float* in, float* out);
// lines.cpp
void reduce(const ReduceWork& work, const float* in, float* out);
void normalise(const NormaliseWork& work, const float* in, const float* scale, const float* shift,
               float* out);
void log_softmax(const AxisWork& work, const float* in, float* out, float* sums);
void hardmax(const AxisWork& work, const float* in, float* out);
void resample(const ResampleWork& work, const float* in, float* out);
// recurrence.cpp
void recur(const RecurrentWork& work, const float* gates, const float* weights, const float* bias, float* h,
           float* c, float* out, float* sums);
void recur_integers(const RecurrentWork& work, const IntegerCell& cell, const float* in,
                    const RecurrentStates& states, void* room);
// integers.cpp
void convolve_integers(const IntegerWork& work, const float* in, const std::int16_t* weights,
                       const float* bias, const float* factors, float* out, void* room);
void to_bytes(const FunctionWork& work, bool is_signed, const float* in, void* out);
void from_bytes(const FunctionWork& work, bool is_signed, const void* in, float* out);
// sums.cpp
void find_scaling(Index count, const float* in, float* scaling);
void make_whole(Index count, const float* scaling, const float* in, float* out);
void make_real(Index pixels, Index filters, const float* scaling, const float* bias, float* values);
void frame(const FrameWork& work, const float* scaling, const float* in, unsigned char* out);
void finish_sums(const FrameWork& work, const float* scaling, const unsigned char* image,
                 const std::int32_t* sums, const std::int32_t* filter_sums, const std::int32_t* filter_zeros,
                 const float* bias, const float* factors, float* out, std::int32_t* room);
// attention.cpp
void weigh(const WeighWork& work, std::int64_t first, std::int64_t rows, const float* mask, float* scores);
void attend(const AttendWork& work, std::int64_t first, std::int64_t rows, const float* queries,
            const float* keys, const float* values, const float* mask, float* results, float* scores);
// topk.cpp
void topk(const AxisWork& work, const float* in, float* values, float* indices, float* scratch);
// cumsum.cpp
void cumulate(const CumulateWork& work, const float* in, float* out);
// moves.cpp
void copy(const CopyWork& work, const float* in, float* out);
void spread(const SpreadWork& work, const float* in, float* out);
void relayout(const Maps& maps, std::int64_t block, const float* in, float* out);
void pad(const PadWork& work, const float* in, float* out);
void gather_rows(const RowsWork& work, const float* data, const float* indices, float* out);
void gather_elements(const ElementsWork& work, const float* data, const float* indices, float* out);
void gather_places(const PlacesWork& work, const float* data, const float* indices, float* out);
void scatter_elements(const ElementsWork& work, const float* indices, const float* updates, float* out);
void scatter_places(const PlacesWork& work, const float* indices, const float* updates, float* out);

}  // namespace ns::onednn::NS_LOOPS
