/// What the loops are told of their operands: plain numbers, without anything of the standard library.
#pragma once

#include <cstdint>

namespace ns::onednn {

/// Maps of [batch, channels, plane] whose channels stand in blocks: [batch, channels / block, plane, block],
/// the last block filled up with zeros. A block of 1 is the dense layout, of all channels the one with
/// channels last.
struct Maps {
  std::int64_t batch = 1;
  std::int64_t channels = 1;
  std::int64_t height = 1;  // of one plane; one- and three-dimensional planes are seen as one row
  std::int64_t width = 1;
  std::int64_t block = 1;
};

/// Windows over Maps in three spatial axes.
struct Windows {
  std::int64_t in[3];
  std::int64_t out[3];
  std::int64_t kernel[3];
  std::int64_t stride[3];
  std::int64_t pad[3];
  std::int64_t pad_end[3];
  std::int64_t dilation[3];
};

/// How filters of a local layer are packed: the outputs of one position side by side.
inline constexpr std::int64_t local_lanes = 16;

struct LocalWork {
  Maps in;
  std::int64_t filters = 1;
  std::int64_t out_height = 1;
  std::int64_t out_width = 1;
  std::int64_t out_block = 1;
  std::int64_t kernel[2];
  std::int64_t stride[2];
  std::int64_t pad[2];
};

struct ResponseWork {
  Maps maps;
  std::int64_t size = 5;
  float alpha_per_element = 0.0F;
  float beta = 0.75F;
  float k = 1.0F;
};

struct PoolWork {
  Maps maps;
  Windows windows;
  bool is_max = true;
  bool count_pad = false;
};

/// Lines of `extent` elements that stand `inner` apart.
struct AxisWork {
  std::int64_t outer = 1;
  std::int64_t extent = 1;
  std::int64_t inner = 1;
  std::int64_t top = 1;  // argmax, topk
  float sign = 1.0F;     // argmax, topk: -1 for the smallest
};

enum class Arithmetic : std::uint8_t {
  add,
  mul,
  max,
  sub,
  div,
  min,
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
};

/// Two operands broadcast to `extents`; a stride of 0 repeats.
struct BroadcastWork {
  Arithmetic arithmetic = Arithmetic::add;
  std::int64_t rank = 0;
  std::int64_t extents[8];
  std::int64_t first[8];
  std::int64_t second[8];
  float first_factor = 1.0F;
  float second_factor = 1.0F;
};

/// Three operands broadcast likewise: condition, where it holds, where not.
struct SelectWork {
  std::int64_t rank = 0;
  std::int64_t extents[8];
  std::int64_t strides[3][8];
};

/// A dense output read off the input with a stride per axis.
struct CopyWork {
  std::int64_t offset = 0;
  std::int64_t rank = 0;
  std::int64_t extents[16];
  std::int64_t strides[16];
};

/// Rows of `run` elements, side by side in the input and `step` apart in the output.
struct SpreadWork {
  std::int64_t rows = 1;
  std::int64_t run = 1;
  std::int64_t step = 1;
};

/// Functions that oneDNN lacks.
enum class Function : std::uint8_t {
  erf,
  reciprocal,
  sign,
  floor,
  ceil,
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
  softsign,
  thresholded_relu,
  shrink,
  logical_not,
  is_nan,
  is_inf,
  truncate,
  is_nonzero,
  power,  // (gamma + beta x)^alpha
  hardsigmoid,
  quantise,    // x / alpha, rounded, + beta, held between gamma and delta; NaN becomes 0
  dequantise,  // (x - beta) * alpha
};

struct FunctionWork {
  Function function = Function::erf;
  std::int64_t count = 0;
  float alpha = 0.0F;
  float beta = 0.0F;
  float gamma = 0.0F;
  float delta = 0.0F;
};

/// What happens to the elements on their way into a reduction, and to its results.
enum class Gathering : std::uint8_t { sum, magnitudes, squares, product, max, min, log_sum_exp };
enum class Finish : std::uint8_t { nothing, root, logarithm };

struct ReduceWork {
  std::int64_t outer = 1;
  std::int64_t extent = 1;
  std::int64_t inner = 1;
  Gathering gathering = Gathering::sum;
  Finish finish = Finish::nothing;
  float factor = 1.0F;  // of results, before the finish
};

enum class Cumulation : std::uint8_t { sum, product };

/// Lines of `extent` elements that stand `inner` apart, each summed or multiplied up to its places.
struct CumulateWork {
  std::int64_t outer = 1;
  std::int64_t extent = 1;
  std::int64_t inner = 1;
  Cumulation kind = Cumulation::sum;
  bool exclusive = false;
  bool reverse = false;
};

/// Scores of one head's queries with `keys` keys each. They are multiplied, capped and masked.
struct WeighWork {
  std::int64_t keys = 1;
  float scale = 1.0F;
  float softcap = 0.0F;  // 0: none
  bool causal = false;
  std::int64_t mask_keys = 0;    // that the mask speaks of; others are hidden
  std::int64_t mask_stride = 0;  // from one query's row to the next
  bool mask_hides = false;       // where it is 0; else it is added
};

/// One head as it is run without primitives.
struct AttendWork {
  WeighWork weigh;
  std::int64_t key_size = 1;
  std::int64_t value_size = 1;
  std::int64_t query_stride = 1;
  std::int64_t key_stride = 1;
  std::int64_t value_stride = 1;
  std::int64_t result_stride = 1;
};

/// Lines of `count` values, each brought to mean 0 (if `centred`) and mean square 1.
struct NormaliseWork {
  std::int64_t lines = 1;
  std::int64_t count = 1;
  std::int64_t per_weight = 1;  // neighbours that share a scale and a shift
  std::int64_t weights = 1;     // after so many the scales begin anew
  bool centred = true;
  float epsilon = 1e-5F;
};

/// Output element o of each line is the sum over its taps of weights x elements at sources.
struct ResampleWork {
  std::int64_t outer = 1;
  std::int64_t in = 1;
  std::int64_t out = 1;
  std::int64_t inner = 1;
  std::int64_t taps = 1;
  const std::int64_t* sources = nullptr;
  const float* weights = nullptr;
};

/// `sources`: for each axis, where each of its output places comes from; -1 for `value`.
struct PadWork {
  std::int64_t rank = 0;
  std::int64_t in[8];
  std::int64_t out[8];
  const std::int64_t* sources[8];
  std::int64_t before = 0;  // of the last axis: where the run begins that is copied as it is
  std::int64_t run = 0;
  float value = 0.0F;
};

enum class Update : std::uint8_t { replace, add, mul, max, min };

/// Rows: `outer` times, `tuples` indices along an axis of `extent`, each naming `run` elements.
struct RowsWork {
  std::int64_t outer = 1;
  std::int64_t extent = 1;
  std::int64_t tuples = 1;
  std::int64_t run = 1;
};

/// Elements: one index per element of `indices`, standing for the place on `axis` of `data`.
struct ElementsWork {
  std::int64_t rank = 0;
  std::int64_t axis = 0;
  std::int64_t data[8];
  std::int64_t indices[8];
  Update update = Update::replace;
};

/// Places: tuples of `named` indices into `extents`, each naming `run` elements; `per_batch` tuples share a
/// batch.
struct PlacesWork {
  std::int64_t tuples = 1;
  std::int64_t per_batch = 1;
  std::int64_t named = 1;
  std::int64_t extents[8];
  std::int64_t run = 1;
  Update update = Update::replace;
};

enum class Recurrence : std::uint8_t { lstm, gru, gru_reset_after, plain };

/// One direction of a recurrent layer.
struct RecurrentWork {
  Recurrence kind = Recurrence::lstm;
  std::int64_t steps = 1;
  std::int64_t batch = 1;
  std::int64_t inputs = 1;
  std::int64_t hidden = 1;
  std::int64_t step_stride = 1;  // of the outputs: from one step to the next
  bool backwards = false;
};

/// Memory of its states: first and last ones [batch][hidden], all [steps][batch][hidden] with `step_stride`.
struct RecurrentStates {
  const float* first_h = nullptr;  // null: zeros
  const float* first_c = nullptr;  // likewise
  float* y = nullptr;              // null: nobody reads them, as below
  float* last_h = nullptr;
  float* last_c = nullptr;
};

/// Its weights as whole numbers without their zero points, by rows, and what is real: of the input, then of
/// the state.
struct IntegerCell {
  const std::int16_t* weights = nullptr;     // [rows][inputs]
  const std::int16_t* recurrence = nullptr;  // [rows][hidden]
  const float* factors = nullptr;            // [2][rows]
  const float* bias = nullptr;               // likewise
};

/// Windows over whole numbers, channels last; fully connected layers have windows of one element.
struct IntegerWork {
  Windows windows;
  std::int64_t batch = 1;
  std::int64_t channels = 1;
  std::int64_t filters = 1;
  std::int64_t groups = 1;
  bool is_depthwise = false;  // as many filters as channels and groups
  float in_zero_point = 0.0F;
  bool is_scaled = false;  // down to whole numbers, held between `low` and `high`
  float out_zero_point = 0.0F;
  float low = 0.0F;
  float high = 0.0F;
};

/// What stands around sums that oneDNN makes of bytes with their zero points: windows over an image with its
/// edges, channels last. Two numbers go with it: what the input is divided by, and what is added then.
struct FrameWork {
  Windows windows;
  std::int64_t framed[3];  // extents of the image with its edges
  std::int64_t batch = 1;
  std::int64_t channels = 1;
  std::int64_t filters = 1;
  std::int64_t groups = 1;
  bool is_dynamic = false;  // the bias is real
  float zero_above = 0.0F;  // the input's zero point lies so far above what is added
  bool is_scaled = false;   // as in IntegerWork
  float out_zero_point = 0.0F;
  float low = 0.0F;
  float high = 0.0F;
};

}  // namespace ns::onednn
