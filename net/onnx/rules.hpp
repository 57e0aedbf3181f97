/// What each operator does to shapes, and what it costs: one row per operator, by the ONNX specification
/// (https://onnx.ai/onnx/operators/).
#pragma once

#include "net/onnx/node_view.hpp"

#include <span>
#include <string_view>

namespace ns::onnx {

/// What the operations beside multiply-accumulates are counted by (docs/formats.md).
enum class Work : std::uint8_t {
  none,     // moves data, or nothing
  outputs,  // one per output element
  inputs,   // one per element of the first input (reductions)
  window,   // one per output element and element of `kernel_shape`
  body,     // what the rule's body says (If, Loop, Scan)
};

/// The domain of the operators that ONNX Runtime adds to the standard's.
inline constexpr std::string_view contrib = "com.microsoft";

struct OpRule {
  std::string_view domain;
  std::string_view op;
  /// Sets the facts of the outputs. What it does not set stays unknown. An error is a contradiction in the
  /// file.
  Result<void> (*infer)(NodeView& node);
  Work work = Work::none;
  /// Multiply-accumulates once shapes are known; unknown (nothing) where they are not; null for operators
  /// without any.
  std::optional<double> (*macs)(const NodeView& node) = nullptr;
};

/// The row of an operator; null for one that nobody here knows.
const OpRule* find_rule(std::string_view domain, std::string_view op);

/// Families of rows, one file each below rules/.
std::span<const OpRule>
elementwise_rules();  // unary, binary, variadic, comparison, where, clip, cast, activation
std::span<const OpRule>
shaping_rules();  // shape, size, reshape, flatten, (un)squeeze, transpose, expand, tile, identity
std::span<const OpRule>
selection_rules();  // gather, scatter, slice, split, concat, pad, topk, onehot, unique, nonzero, compress
std::span<const OpRule>
creation_rules();  // constant, constant of shape, range, random, eye, window functions
std::span<const OpRule> reduction_rules();    // reduce*, arg*, cumsum, softmax family, losses
std::span<const OpRule> convolution_rules();  // conv, deconv, deformable, their quantised forms, col2im
std::span<const OpRule> pooling_rules();      // pools, roi, unpool
std::span<const OpRule> product_rules();    // matmul, gemm, einsum, attention, det, quantised forms, contrib
std::span<const OpRule> recurrent_rules();  // rnn, lstm, gru, contrib forms
std::span<const OpRule>
normalisation_rules();  // batch, instance, layer, group, rms, lrn, lp, mean-variance, dropout
std::span<const OpRule>
quantisation_rules();  // quantize, dequantize, dynamic, qlinear elementwise of com.microsoft
std::span<const OpRule>
image_rules();  // resize, upsample, grid sample, affine grid, depth/space, nms, center crop, decoder
std::span<const OpRule> signal_rules();    // dft, stft, mel, strings, tf-idf
std::span<const OpRule> control_rules();   // if, loop, scan, sequences, optionals
std::span<const OpRule> learning_rules();  // ai.onnx.ml, ai.onnx.preview.training
std::span<const OpRule> contrib_rules();   // com.microsoft: what belongs to no other family

}  // namespace ns::onnx
