/// One layer, fully specified and without a name: what is swept, predicted and run.
#pragma once

#include "net/layers/act.hpp"
#include "net/layers/argmax.hpp"
#include "net/layers/attention.hpp"
#include "net/layers/cast.hpp"
#include "net/layers/concat.hpp"
#include "net/layers/conv.hpp"
#include "net/layers/crop.hpp"
#include "net/layers/cumsum.hpp"
#include "net/layers/deconv.hpp"
#include "net/layers/depth_space.hpp"
#include "net/layers/einsum.hpp"
#include "net/layers/eltwise.hpp"
#include "net/layers/expand.hpp"
#include "net/layers/fc.hpp"
#include "net/layers/gather.hpp"
#include "net/layers/identity.hpp"
#include "net/layers/local.hpp"
#include "net/layers/matmul.hpp"
#include "net/layers/norm.hpp"
#include "net/layers/opaque.hpp"
#include "net/layers/pad.hpp"
#include "net/layers/pool.hpp"
#include "net/layers/reduce.hpp"
#include "net/layers/reshape.hpp"
#include "net/layers/resize.hpp"
#include "net/layers/rnn.hpp"
#include "net/layers/scatter.hpp"
#include "net/layers/slice.hpp"
#include "net/layers/softmax.hpp"
#include "net/layers/tile.hpp"
#include "net/layers/topk.hpp"
#include "net/layers/transpose.hpp"

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ns {

/// The list of rooms. Add one here and the compiler lists what is still missing.
using Rooms = std::variant<Conv, Deconv, Fc, Local, Matmul, Einsum, Attention, Rnn, Pool, Act, Norm, Softmax,
                           Argmax, Topk, Reduce, Cumsum, Eltwise, Cast, Concat, Slice, Crop, Pad, Expand,
                           Tile, Transpose, DepthSpace, Gather, Scatter, Resize, Reshape, Identity, Opaque>;

/// One of the rooms. Visited in net/layer.cpp and in one dispatcher per backend, nowhere else. Copies and
/// destroys itself in net/layer.cpp, for each file that did so by itself took a second longer to compile.
struct LayerParams : Rooms {
  using Rooms::Rooms;
  LayerParams();
  LayerParams(const LayerParams& other);
  LayerParams(LayerParams&& other) noexcept;
  LayerParams& operator=(const LayerParams& other);
  LayerParams& operator=(LayerParams&& other) noexcept;
  ~LayerParams();

  /// To visit: std::visit takes what derives from a variant only since GCC 11's library (P2162).
  [[nodiscard]] const Rooms& rooms() const { return *this; }

  friend bool operator==(const LayerParams& left, const LayerParams& right);
};

/// A layer with what its backend fuses behind it, and the types of all its inputs.
///
/// Text form: "conv:filters=96,kernel=11,stride=4+act:relu@1x3x227x227"; several inputs are separated by
/// commas, an element type other than float32 follows a colon ("1x8x2x2:float16"). No character in it needs
/// quoting in a shell.
struct LayerConfig {
  LayerParams params;
  std::vector<LayerParams> epilogue;  // followers fused into the same kernel: act, or eltwise:add then act
  std::vector<TensorType> inputs;     // of the head, then the second operands of epilogues, in order

  friend bool operator==(const LayerConfig&, const LayerConfig&) = default;
};

/// "conv", "fc", ...: the name of the room.
std::string_view type_of(const LayerParams& params);
/// All names, in the order of the variant.
std::span<const std::string_view> layer_types();
/// Reshape and identity: no kernel runs, no time passes.
bool is_free(const LayerParams& params);
/// Of a layer with filters that may be quantised; null for others.
const Quantisation* quantisation_of(const LayerParams& params);
Quantisation* quantisation_of(LayerParams& params);

Result<std::vector<TensorType>> output_types(const LayerParams& params,
                                             const std::vector<TensorType>& inputs);
/// Multiply-accumulates of one forward pass.
Macs macs(const LayerParams& params, const Signature& tensors);
/// Floating-point operations: two per MAC plus what docs/formats.md states per type.
Flops flops(const LayerParams& params, const Signature& tensors);
/// The trained tensors, in the order kernels expect them.
std::vector<Weight> weights(const LayerParams& params, const std::vector<TensorType>& inputs);
/// The type in which `weight` of a layer with `inputs` is stored.
TensorType type_of(const Weight& weight, const std::vector<TensorType>& inputs);
/// Whether its values count as parameters: numbers that training finds, not indices or masks.
bool is_trained(const TensorType& weight);
/// Number of trained values, and their size.
std::int64_t parameters(const LayerParams& params, const std::vector<TensorType>& inputs);
Bytes parameter_bytes(const LayerParams& params, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const LayerParams& params, const Signature& tensors);
std::vector<Feature> paper_variables(const LayerParams& params, const Signature& tensors);
std::string category(const LayerParams& params, const Signature& tensors);

/// "conv:filters=96,kernel=11": parameters alone. `spatial_rank` is the input's rank minus 2 (0 if that is
/// negative).
std::string print(const LayerParams& params, std::size_t spatial_rank);
Result<LayerParams> parse_params(std::string_view text, std::size_t spatial_rank);

/// The text form, and its inverse; bad_input says which part is wrong.
std::string print(const LayerConfig& layer);
Result<LayerConfig> parse_layer(std::string_view text);

/// "1x3x224x224" or "1x3x224x224:float16".
std::string print(const TensorType& type);
Result<TensorType> parse_tensor_type(std::string_view text);

/// The kind of kernel that runs: type and epilogue, "conv+add+act:relu". What fusion rules name and models
/// are kept by.
std::string kernel_kind(const LayerConfig& layer);

/// Of the whole config, epilogue included.
struct LayerCost {
  Signature tensors;  // all inputs, and the output of the last epilogue
  Macs macs;
  Flops flops;
  Bytes weight_bytes;
  Bytes input_bytes;
  Bytes output_bytes;
};
Result<LayerCost> cost(const LayerConfig& layer);

}  // namespace ns
