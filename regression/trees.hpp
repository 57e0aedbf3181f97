/// Regression trees, as plain numbers.
#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ns {

/// Nodes of all trees in one row, each tree in pre-order: the child taken when the feature lies below the
/// threshold follows its parent.
class Forest {
 public:
  struct Node {
    std::int32_t feature = leaf;  // which one is compared, or `leaf`
    std::uint32_t otherwise = 0;  // the child for features at or above the threshold
    double value = 0.0;           // threshold, or what a leaf adds
  };
  static constexpr std::int32_t leaf = -1;

  Forest() = default;
  /// From one feature and one value per node; bad_input unless they form whole trees over features below
  /// `feature_count`.
  static Result<Forest> from_preorder(std::span<const double> features, std::span<const double> values,
                                      std::size_t feature_count);

  /// Files hold thresholds and leaves as whole numbers of these steps. Thresholds lie half way between two
  /// steps of tree_scale, so they lose nothing; of 200 leaves the sum moves by 0.05 % or so.
  static constexpr double threshold_steps = 2048.0;
  static constexpr double leaf_steps = 1e4;

  /// The same with thresholds and leaves as files hold them.
  [[nodiscard]] Forest in_steps() const;

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  [[nodiscard]] std::size_t trees() const { return roots_.size(); }

  /// The sum over all trees. Precondition: as many values as the forest was made for.
  [[nodiscard]] double evaluate(std::span<const double> features) const;

 private:
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> roots_;
};

}  // namespace ns
