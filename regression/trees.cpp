#include "regression/trees.hpp"

#include <cmath>

namespace ns {
namespace {

/// Far more than any forest that is written; keeps a forged file from costing time.
constexpr std::size_t most_nodes = 1U << 20;

/// The feature that a number names, or nothing.
bool is_feature(double number, std::size_t feature_count) {
  return number == Forest::leaf ||
         (number >= 0.0 && number < static_cast<double>(feature_count) && number == std::floor(number));
}

}  // namespace

Result<Forest> Forest::from_preorder(std::span<const double> features, std::span<const double> values,
                                     std::size_t feature_count) {
  if (features.size() != values.size() || features.size() > most_nodes)
    return bad_input("trees must have one 'split' and one 'value' per node");
  Forest forest;
  forest.nodes_.reserve(features.size());
  std::vector<std::uint32_t> open;  // splits whose second child is still to come
  bool inside = false;              // a tree has begun and is not complete
  for (std::size_t i = 0; i < features.size(); ++i) {
    if (!is_feature(features[i], feature_count))
      return bad_input("a tree splits on a feature that is not there");
    const auto index = static_cast<std::uint32_t>(i);
    if (!inside) forest.roots_.push_back(index);
    forest.nodes_.push_back(Node{static_cast<std::int32_t>(features[i]), 0, values[i]});
    inside = true;
    if (features[i] != leaf) {
      open.push_back(index);
    } else if (open.empty()) {
      inside = false;
    } else {
      forest.nodes_[open.back()].otherwise = index + 1;
      open.pop_back();
    }
  }
  if (inside) return bad_input("the last tree is cut off");
  return forest;
}

Forest Forest::in_steps() const {
  auto forest = *this;
  for (auto& node : forest.nodes_) {
    const auto steps = node.feature == leaf ? leaf_steps : threshold_steps;
    node.value = std::round(node.value * steps) / steps;
  }
  return forest;
}

double Forest::evaluate(std::span<const double> features) const {
  double sum = 0.0;
  for (auto at : roots_) {
    while (nodes_[at].feature != leaf) {
      const auto& node = nodes_[at];
      at = features[static_cast<std::size_t>(node.feature)] < node.value ? at + 1 : node.otherwise;
    }
    sum += nodes_[at].value;
  }
  return sum;
}

}  // namespace ns
