/// Loops of our own for what oneDNN lacks, compiled once per instruction set: a device that is meant to be
/// slow must not run fast code. Plain pointers throughout: an inline template of the standard library would
/// be merged with other files' and could carry one instruction set's code into another's.
#pragma once

#include "kernels/onednn/loops/work.hpp"

#include <cstdint>

namespace ns::onednn {

/// Instruction sets that a device can be held to, in ascending order.
enum class Isa : std::uint8_t { generic, sse41, avx, avx2, avx512 };

struct Loops {
  /// weights: [position][filters in lanes][channel, ky, kx][lane]; bias: [position][filters in lanes][lane];
  /// column: room for one window.
  void (*local)(const LocalWork& work, const float* in, const float* weights, const float* bias, float* out,
                float* column);
  /// out = in * scale + shift, per channel; both padded with zeros to whole blocks.
  void (*affine)(const Maps& maps, const float* in, const float* scale, const float* shift, float* out);
  /// The same without a shift and with factors of its own for each member of the batch, [N, C] dense: C fills
  /// whole blocks.
  void (*scale)(const Maps& maps, const float* in, const float* factors, float* out);
  void (*prelu)(const Maps& maps, const float* in, const float* slope, float* out);
  /// Dense maps only.
  void (*response_across)(const ResponseWork& work, const float* in, float* out);
  void (*response_within)(const ResponseWork& work, const float* in, float* out);
  void (*pool)(const PoolWork& work, const float* in, float* out);
  void (*softmax)(const AxisWork& work, const float* in, float* out, float* sums);
  void (*argmax)(const AxisWork& work, const float* in, float* out);
  void (*broadcast)(const BroadcastWork& work, const float* first, const float* second, float* out);
  void (*select)(const SelectWork& work, const float* condition, const float* first, const float* second,
                 float* out);
  void (*copy)(const CopyWork& work, const float* in, float* out);
  void (*spread)(const SpreadWork& work, const float* in, float* out);
  /// The same maps in blocks of another number of channels.
  void (*relayout)(const Maps& maps, std::int64_t block, const float* in, float* out);
  void (*function)(const FunctionWork& work, const float* in, float* out);
  void (*reduce)(const ReduceWork& work, const float* in, float* out);
  /// `scale` and `shift` may be null.
  void (*normalise)(const NormaliseWork& work, const float* in, const float* scale, const float* shift,
                    float* out);
  void (*log_softmax)(const AxisWork& work, const float* in, float* out, float* sums);
  void (*hardmax)(const AxisWork& work, const float* in, float* out);
  void (*resample)(const ResampleWork& work, const float* in, float* out);
  void (*pad)(const PadWork& work, const float* in, float* out);
  void (*gather_rows)(const RowsWork& work, const float* data, const float* indices, float* out);
  void (*gather_elements)(const ElementsWork& work, const float* data, const float* indices, float* out);
  void (*gather_places)(const PlacesWork& work, const float* data, const float* indices, float* out);
  /// Into an output that holds the data already.
  void (*scatter_elements)(const ElementsWork& work, const float* indices, const float* updates, float* out);
  void (*scatter_places)(const PlacesWork& work, const float* indices, const float* updates, float* out);
  /// What waits for the step before. gates: [steps][batch][gates][hidden] of the inputs; weights:
  /// [hidden][gates][hidden] (the state's element first); bias: [gates][hidden] of the state; h and c:
  /// [batch][hidden], first the initial and in the end the last state; room for 2 x gates x hidden values in
  /// `sums`.
  void (*recur)(const RecurrentWork& work, const float* gates, const float* weights, const float* bias,
                float* h, float* c, float* out, float* sums);
  /// An LSTM; input and states, all sequences' at once, are made whole as they arrive. Sums are exact and
  /// gates in double precision: what is rounded to bytes step by step makes a last digit another byte. room:
  /// 16 bytes per state, 16 x hidden per step and sequence and per sequence, 6 per state and 2 per input.
  void (*recur_integers)(const RecurrentWork& work, const IntegerCell& cell, const float* in,
                         const RecurrentStates& states, void* room);
  /// weights: [filter][tap][channel of its group], without zero points; depthwise [tap][channel]. bias: in
  /// units of the sums; factors: per filter, on them. room: one 32-bit number per channel, 16-bit ones for an
  /// image and for eight windows.
  void (*convolve_integers)(const IntegerWork& work, const float* in, const std::int16_t* weights,
                            const float* bias, const float* factors, float* out, void* room);
  /// Scale and zero point of uint8 for `count` numbers (dynamic_scaling()).
  void (*find_scaling)(std::int64_t count, const float* in, float* scaling);
  /// The uint8 numbers for them, less their zero point.
  void (*make_whole)(std::int64_t count, const float* scaling, const float* in, float* out);
  /// Rows of `filters` values, times the scale, plus the bias.
  void (*make_real)(std::int64_t pixels, std::int64_t filters, const float* scaling, const float* bias,
                    float* values);
  /// An image of bytes with its edges.
  void (*frame)(const FrameWork& work, const float* scaling, const float* in, unsigned char* out);
  /// sums: what oneDNN made of the image and signed filters, whose own sums are `filter_sums` and which stand
  /// above `filter_zeros` (null: none); bias in units of the sums, or real; room: one number per group and
  /// one per group and pixel of the image.
  void (*finish_sums)(const FrameWork& work, const float* scaling, const unsigned char* image,
                      const std::int32_t* sums, const std::int32_t* filter_sums,
                      const std::int32_t* filter_zeros, const float* bias, const float* factors, float* out,
                      std::int32_t* room);
  /// What the functions quantise and dequantise do, to and from memory of bytes.
  void (*to_bytes)(const FunctionWork& work, bool is_signed, const float* in, void* out);
  void (*from_bytes)(const FunctionWork& work, bool is_signed, const void* in, float* out);
  /// `values` or `indices` may be null; room for `top` keys of 8 bytes in `scratch` and, where `inner` is
  /// above 1, for 16 lines behind them.
  void (*topk)(const AxisWork& work, const float* in, float* values, float* indices, float* scratch);
  /// `out` may be `in`.
  void (*cumulate)(const CumulateWork& work, const float* in, float* out);
  /// Scores of queries from number `first` on become weights that sum to 1. `mask`, of the head, may be null.
  void (*weigh)(const WeighWork& work, std::int64_t first, std::int64_t rows, const float* mask,
                float* scores);
  /// Attention of the queries from number `first` on, at `queries`; room for one row in `scores`.
  void (*attend)(const AttendWork& work, std::int64_t first, std::int64_t rows, const float* queries,
                 const float* keys, const float* values, const float* mask, float* results, float* scores);
};

/// The loops of `isa`, or of the nearest lower set this build has.
const Loops& loops_of(Isa isa);

}  // namespace ns::onednn
