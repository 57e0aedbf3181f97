/// Loops of our own for what oneDNN lacks, compiled once per instruction set: a device that is meant to be
/// slow must not run fast code. Plain pointers throughout: an inline template of the standard library would
/// be merged with other files' and could carry one instruction set's code into another's.
#pragma once

#include <cstdint>

namespace ns::onednn {

/// Instruction sets that a device can be held to, in ascending order.
enum class Isa : std::uint8_t { generic, sse41, avx, avx2, avx512 };

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
  std::int64_t top = 1;  // argmax
};

enum class Arithmetic : std::uint8_t { add, mul, max, sub, div, min };

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

struct Loops {
  /// weights: [position][filters in lanes][channel, ky, kx][lane]; bias: [position][filters in lanes][lane];
  /// column: room for one window.
  void (*local)(const LocalWork& work, const float* in, const float* weights, const float* bias, float* out,
                float* column);
  /// out = in * scale + shift, per channel; both padded with zeros to whole blocks.
  void (*affine)(const Maps& maps, const float* in, const float* scale, const float* shift, float* out);
  void (*prelu)(const Maps& maps, const float* in, const float* slope, float* out);
  /// Dense maps only.
  void (*response_across)(const ResponseWork& work, const float* in, float* out);
  void (*response_within)(const ResponseWork& work, const float* in, float* out);
  void (*pool)(const PoolWork& work, const float* in, float* out);
  void (*softmax)(const AxisWork& work, const float* in, float* out, float* sums);
  void (*argmax)(const AxisWork& work, const float* in, float* out);
  void (*broadcast)(const BroadcastWork& work, const float* first, const float* second, float* out);
};

/// The loops of `isa`, or of the nearest lower set this build has.
const Loops& loops_of(Isa isa);

}  // namespace ns::onednn
