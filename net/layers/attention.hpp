/// The room of attention: scaled products of queries and keys that weigh values.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// softmax(cap(scale Q K^T) + mask) V for each batch and head. Inputs: queries, keys and values, each [batch,
/// heads, steps, size] or packed [batch, steps, heads * size], then a mask unless it is stored. Heads of keys
/// and values may be fewer: neighbouring heads of queries share them. The output is laid out as the queries
/// are, with the values' size.
///
/// A mask broadcasts to [batch, heads, queries, keys]; if it is boolean, where it is false a key is hidden,
/// else it is added. Keys behind its last are hidden; causal: so are those at later steps than the query.
/// softcap: a score s becomes softcap * tanh(s / softcap) before the mask. A query without keys makes NaN.
struct Attention {
  static constexpr std::string_view type = "attention";

  std::int64_t heads = 0;     // of packed queries
  std::int64_t kv_heads = 0;  // of packed keys and values; 0: as many
  bool causal = false;
  double scale = 0.0;                 // 0: one over the root of a key's size
  double softcap = 0.0;               // 0: none
  std::vector<std::int64_t> mask{};   // extents of a stored mask
  DType mask_dtype = DType::float32;  // of a stored mask

  friend bool operator==(const Attention&, const Attention&) = default;
};

void fields(auto& io, Room<Attention> auto& layer) {
  io.number("heads", layer.heads, 0);
  io.number("kv_heads", layer.kv_heads, 0);
  io.flag("causal", layer.causal, false);
  io.real("scale", layer.scale, 0.0);
  io.real("softcap", layer.softcap, 0.0);
  io.list("mask", layer.mask);
  io.element("mask_dtype", layer.mask_dtype, DType::float32);
}

/// bad_input for operands or a mask that do not go together.
Result<std::vector<TensorType>> output_types(const Attention& layer, const std::vector<TensorType>& inputs);

/// Both products: batch times heads of queries times queries times keys times the sizes of a key and a value.
Macs macs(const Attention& layer, const Signature& tensors);

/// Two per MAC, and one per score as softmax has it.
Flops flops(const Attention& layer, const Signature& tensors);

/// The mask, if it is stored.
std::vector<Weight> weights(const Attention& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Attention& layer, const Signature& tensors);

/// Elements of queries, keys and values, and of the output.
std::vector<Feature> paper_variables(const Attention& layer, const Signature& tensors);

/// One query or many, and what changes their scores.
std::string category(const Attention& layer, const Signature& tensors);

/// Queries, keys, values or results: one vector of `size` elements per batch, head and step.
struct HeadVectors {
  std::int64_t batch = 1;
  std::int64_t heads = 1;
  std::int64_t steps = 1;
  std::int64_t size = 1;
  bool packed = false;

  /// How far apart vectors of neighbouring steps stand in the dense tensor.
  [[nodiscard]] std::int64_t step_stride() const { return packed ? heads * size : size; }
  /// The same of neighbouring heads.
  [[nodiscard]] std::int64_t head_stride() const { return packed ? size : steps * size; }
  /// Where the vectors of one batch and head begin.
  [[nodiscard]] std::int64_t start(std::int64_t b, std::int64_t head) const {
    return b * heads * steps * size + head * head_stride();
  }
};

/// Where a mask's elements stand for [batch, heads, queries]: 0 apart where they are the same.
struct MaskView {
  std::array<std::int64_t, 3> strides{};
  std::int64_t keys = 0;  // that it speaks of
  bool hides = false;     // boolean
};

struct AttentionOperands {
  HeadVectors queries;
  HeadVectors keys;
  HeadVectors values;
  HeadVectors results;
  std::optional<MaskView> mask;

  /// The head of keys and values that a head of queries reads.
  [[nodiscard]] std::int64_t shared_head(std::int64_t head) const {
    return head / (queries.heads / keys.heads);
  }
};

/// Precondition: output_types() accepts the inputs.
AttentionOperands operands_of(const Attention& layer, const std::vector<TensorType>& inputs);

/// What scores are multiplied by.
double scale_of(const Attention& layer, const AttentionOperands& operands);

}  // namespace ns
