/// What a regression knows of one layer: its counts, the paper's variables and the features of trees.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "net/layer.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Which model predicts a layer: that of its type, or of those of its type that multiply 8-bit whole numbers
/// ("conv int8").
std::string_view model_type(const LayerParams& head);

struct LayerFacts {
  std::string_view type;  // model_type() of the head
  std::string category;   // of the head: what must have been profiled for a prediction to be trusted
  std::string segment;    // the coarse part of the category: where backends change the algorithm
  std::string epilogue;   // what is fused behind the head: "", "act:relu", "add+act:relu"
  Flops flops;
  Bytes input;
  Bytes output;
  Bytes weights;
  Bytes unrolled;  // of the input with every window written out (im2col): what a matrix product would read
  /// Stretches of elements that are moved or combined each by itself; of a recurrence, the products with its
  /// state.
  double runs = 0.0;
  std::string variant;  // what costs extra per element: the epilogue, or the kind of an element-wise layer
  Bytes variant_bytes;  // of those elements: the output, or the input where it is summed up along an axis
  std::vector<Feature> paper;     // the paper's variables, as they are
  std::vector<Feature> features;  // tree_scale of the room's features and of what is derived from them
};

/// bad_input if the layer's shapes do not fit.
Result<LayerFacts> facts_of(const LayerConfig& layer);

/// The steps of tree_scale.
inline constexpr double tree_step = 1.0 / 1024.0;

/// log2(1 + value) in whole steps. Trees depend on order alone; a threshold half way between two steps is
/// told apart from both in single precision and in six printed digits.
double tree_scale(double value);

/// The values of `names` in `features`, 0 for one that the layer does not have.
void pick(std::span<const Feature> features, std::span<const std::string> names, std::span<double> values);

}  // namespace ns
