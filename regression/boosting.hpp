/// Gradient-boosted trees: the door to XGBoost, which trains them; what comes out needs it no more.
#pragma once

#include "core/error.hpp"
#include "regression/trees.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ns {

struct BoostingOptions {
  int trees = 200;
  int depth = 4;
  double rate = 0.1;           // how much of its step each tree takes
  double row_share = 0.8;      // of the rows that each tree sees
  double feature_share = 0.6;  // of the features that each tree sees
  double least_rows = 2.0;     // in a leaf
  double shrinkage = 1.0;      // of the leaves, L2
  double step = 0.0;  // features are multiples of it: thresholds then lie half way between two; 0: any
  std::uint64_t seed = 1;
};

struct Boosted {
  Forest forest;
  std::vector<double> fitted;  // what XGBoost itself predicts for the rows it was trained on
};

/// Trees with the least squared error on `targets`; `features` holds `columns` numbers per row. The same
/// trees for the same input: one thread.
Result<Boosted> boost(std::span<const double> features, std::size_t columns, std::span<const double> targets,
                      const BoostingOptions& options);

}  // namespace ns
