/// A fitted function from a layer to one quantity, seconds or watts: one of five families.
#pragma once

#include "regression/facts.hpp"
#include "regression/trees.hpp"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ns {

/// The paper's functions: constant + sum of coefficient x variable, or x ln(variable), never below `floor`.
/// The value is the quantity itself or, in the paper's form, achieved GFLOPS: time = FLOPs / value.
struct VariableModel {
  std::vector<std::string> variables;
  std::vector<double> coefficients;
  double constant = 0.0;
  double floor = 0.0;  // of the value: the smallest quantity, or the slowest GFLOPS seen; above 0
  bool logarithmic = false;
  bool rate = false;
};

/// A non-negative combination of what a layer computes and moves, one per segment of its type. The first
/// stands for segments that are not listed; its name is empty.
struct RooflineModel {
  struct Segment {
    std::string name;
    std::vector<double> coefficients;  // of terms_of
  };
  std::vector<std::string>
      variants;  // each adds its own cost per output byte: an epilogue, a kind of activation
  std::vector<Segment> segments;

  /// How many terms every model has before those of its variants.
  static constexpr std::size_t common_terms = 6;
  /// FLOPs, input, output and weight bytes, unrolled bytes or runs (no type has both), and 1; then, per
  /// variant, the variant's bytes of a layer that is one.
  [[nodiscard]] std::vector<double> terms_of(const LayerFacts& layer) const;

  [[nodiscard]] double evaluate(const LayerFacts& layer) const;
};

/// Trees on the logarithm of measured / roofline.
struct BoostedModel {
  RooflineModel base;
  std::vector<std::string> features;
  Forest forest;
};

/// Power as energy over time, back to back: both are sums of what a layer computes and moves, their quotient
/// is not. (The energy roofline of Choi et al., IPDPS 2013.)
struct EnergyModel {
  RooflineModel energy;
  RooflineModel time;
};

using Model = std::variant<VariableModel, RooflineModel, BoostedModel, EnergyModel>;

/// Finite and never negative, whatever the layer.
double evaluate(const Model& model, const LayerFacts& layer);

}  // namespace ns
