/// What our own kernels are told: read by nvcc and by the host's compiler alike, so C++17 without the
/// toolkit's own headers.
///
/// Tensors have fewer than 2^31 elements, so that places in them take 32 bits, which GPUs divide several
/// times faster than 64.
#pragma once

namespace ns::cudnn {

constexpr int most_axes = 16;  // a tensor has 8; repeating one cuts each into two
constexpr int most_operands = 8;

/// Element (i, j, ...) of `extents` goes from from_offset + i * from[0] + ... to to_offset + i * to[0] + ...
struct CopyTask {
  unsigned count;
  int axes;
  int extents[most_axes];
  int from[most_axes];
  int to[most_axes];
  int from_offset;
  int to_offset;
};

/// In the order of Pad::Mode.
enum class Fill : int { constant, reflect, edge, wrap };

/// Output element i of an axis is input element i - pads, filled where there is none.
struct PadTask {
  unsigned count;
  int axes;
  int inside[most_axes];
  int outside[most_axes];
  int pads[most_axes];
  Fill fill;
  float value;
};

/// In the order of Act::Kind, which act.cpp checks; its file says what they compute.
enum class Function : int {
  relu,
  relu6,
  leaky_relu,
  prelu,
  elu,
  clip,
  sigmoid,
  tanh,
  htanh,
  hardsigmoid,
  hardswish,
  silu,
  gelu,
  softplus,
  abs,
  exp,
  log,
  power,
  erf,
  sqrt,
  reciprocal,
  neg,
  sign,
  floor,
  ceil,
  round,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  asinh,
  acosh,
  atanh,
  celu,
  selu,
  mish,
  softsign,
  thresholded_relu,
  shrink,
  gelu_tanh,
  quick_gelu,
  logical_not,
  bitwise_not,
  is_nan,
  is_inf,
  identity
};

/// y = function(x + bias[channel] + added), where there are a bias and something to add; of prelu, the bias
/// holds the slopes.
struct PointwiseTask {
  unsigned count;
  unsigned channels;
  unsigned inner;  // elements of one channel side by side
  Function function;
  float alpha;
  float beta;
  float gamma;
};

/// In the order of Eltwise::Kind.
enum class Operation : int {
  add,
  mul,
  max,
  sub,
  div,
  min,
  mean,
  pow,
  mod,
  fmod,
  equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,
  logical_or,
  logical_xor,
  bitwise_and,
  bitwise_or,
  bitwise_xor,
  shift_left,
  shift_right,
  where
};

/// Operands with a stride per axis of the output, 0 where they repeat.
struct EltwiseTask {
  unsigned count;
  int axes;
  int operands;
  Operation operation;
  int extents[most_axes];
  int strides[most_operands][most_axes];
  float coefficients[most_operands];
  const void* values[most_operands];
};

/// A window over [maps, z, y, x, inner]; see WindowGeometry.
struct PoolTask {
  unsigned count;
  int inner;  // how far apart neighbours stand, with others of the same place between them
  int in[3];
  int out[3];
  int kernel[3];
  int stride[3];
  int dilation[3];
  int pad[3];
  int pad_end[3];
  int is_max;
  int count_pad;
};

/// y = x * scale[channel] + shift[channel].
struct AffineTask {
  unsigned count;
  unsigned channels;
  unsigned inner;
};

/// Lines of `count` values side by side, each normalised for itself; see Norm.
struct LinesTask {
  unsigned lines;
  unsigned count;
  unsigned per_weight;  // neighbours that share a scale and a shift
  unsigned weights;     // how many of these follow each other before they begin anew
  int centred;
  float epsilon;
};

/// Local response normalisation within maps of height x width.
struct WithinTask {
  unsigned count;
  int height;
  int width;
  int size;
  float alpha;
  float beta;
  float k;
};

/// Lines of `extent` values, `inner` apart.
struct RankTask {
  unsigned lines;
  unsigned extent;
  unsigned inner;
  unsigned top;
  int smallest;
};

/// The best `top` of lines of `extent` values, `inner` apart.
struct TopTask {
  unsigned extent;
  unsigned inner;
  unsigned top;
  int smallest;
  unsigned padded;  // the power of two that is sorted, at most most_sorted
};
constexpr int most_sorted = 2048;  // what the shared memory of every GPU holds with room to spare

/// Scores [batch, heads, queries, keys] that become weights; a mask's elements stand so far apart for the
/// first three, and hide keys or are added. Keys from `visible` on are hidden.
struct WeighTask {
  unsigned heads;
  unsigned queries;
  unsigned keys;
  unsigned visible;
  unsigned mask[3];
  int hides;
  int causal;
  float softcap;  // 0: none
};

/// Running sums, or products, of lines of `extent` values, `inner` apart.
struct ScanTask {
  unsigned lines;
  unsigned extent;
  unsigned inner;
  int multiplies;
  int exclusive;
  int reverse;
};

/// What cuDNN does not reduce by (see Reduce::Kind), and what is left of the others where there is one
/// element.
enum class Reduction : int { sum, log_sum, log_sum_exp, sum_square, magnitudes };

/// Output element (i, ...) of `kept` is the reduction over (k, ...) of `reduced`.
struct ReduceTask {
  unsigned outputs;
  unsigned count;  // elements that become one
  int kept_axes;
  int reduced_axes;
  int kept[most_axes];
  int kept_strides[most_axes];
  int reduced[most_axes];
  int reduced_strides[most_axes];
  Reduction reduction;
};

/// In the order of Gather::Kind.
enum class Picking : int { rows, elements, nd };

/// rows: output [outer, indices, inner] of data [outer, extents[0], inner]. elements: output of `indices`
/// extents, of data with `extents`, picked along `axis`. nd: `named` indices name one place of `extents` in
/// data [batch, extents..., inner], `per_batch` times in each.
struct GatherTask {
  unsigned count;
  Picking picking;
  unsigned picked;  // how many indices
  unsigned inner;
  int axis;
  int axes;
  unsigned named;
  unsigned per_batch;
  int extents[most_axes];
  int indices[most_axes];
};

/// In the order of Scatter::Combine.
enum class Combination : int { replace, add, mul, max, min };

/// elements (named is 0): `count` updates of `indices` extents go to data of `extents`, placed along `axis`.
/// nd: `named` indices name one place of `extents` in data [extents..., inner], for `inner` updates.
struct ScatterTask {
  unsigned count;
  Combination combination;
  unsigned inner;
  unsigned named;
  int axis;
  int axes;
  int extents[most_axes];
  int indices[most_axes];
};

/// One axis resampled: output [outer, out, inner] of input [outer, in, inner]; each output element has `taps`
/// sources with weights.
struct ResampleTask {
  unsigned count;
  unsigned in;
  unsigned out;
  unsigned inner;
  unsigned taps;
};

/// Columns [channels * kernel, positions] of one image [channels, in], zeros beyond its edges.
struct ColumnsTask {
  unsigned count;
  int in[2];
  int out[2];
  int kernel[2];
  int stride[2];
  int pad[2];
};

/// Windows of [batch, maps, z, y, x] as rows of bytes [groups, positions, padded]: the elements of `summands`
/// taps and channels of a group, less `shift`, and zeros behind them.
struct ByteColumnsTask {
  unsigned count;
  unsigned positions;  // windows of all images
  unsigned summands;
  unsigned padded;
  unsigned maps;
  unsigned channels;  // of a group
  int in[3];
  unsigned out[3];
  unsigned kernel[3];
  int stride[3];
  int dilation[3];
  int pad[3];
  int shift;        // from where numbers stand to signed bytes
  int makes_whole;  // whether they arrive as real ones
};

/// Outputs [batch, filters, plane] of sums [groups, positions, padded], behind whose filters stands the sum
/// of a window itself.
struct FinishTask {
  unsigned count;
  unsigned plane;
  unsigned positions;
  unsigned filters;
  unsigned filters_of_group;
  unsigned padded;
  long long summands;
  int shift;
  double in_scale;   // 0: told with the zero point
  double out_scale;  // 0: real numbers leave
  double out_zero_point;
  double low;  // of the type that leaves
  double high;
};

enum class Conversion : int { none, boolean, whole, quantise, dequantise };

/// Element by element, of matrices [rows, columns] that become their transpose; 1 and 1 for none.
///
/// To whole numbers from `low` on, `span` many, around which others wrap; or by a scale, saturated.
struct CastTask {
  unsigned count;
  int from_whole;  // whether the input is kept as floats whatever real numbers are
  int to_whole;
  unsigned rows;
  unsigned columns;
  Conversion conversion;
  float down;  // what quantising divides by
  double scale;
  double zero_point;
  double low;
  double span;
};

}  // namespace ns::cudnn
