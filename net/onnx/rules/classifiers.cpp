// Linear models, support vector machines and trees of ai.onnx.ml: samples x features in, classes or numbers
// out.
#include "net/onnx/rules/learning.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// A vector is one sample.
Extent samples_of(const Fact& input) {
  return input.dims && input.dims->size() < 2 ? Extent{1} : extent_at(input, 0);
}

Extent known_or_unknown(std::int64_t count) { return count > 0 ? Extent{count} : Extent{}; }

/// Labels are texts or integers; their attributes have several names.
std::int64_t labels_of(const NodeView& node) {
  constexpr std::array<std::string_view, 3> names{"classlabels_strings", "classlabels_int64s",
                                                  "classlabels_ints"};
  std::int64_t count = 0;
  for (const auto name : names) count = std::max(count, length_of(node, name));
  return count;
}

/// The class of each sample, and a score for each sample and class.
Result<void> classify(NodeView& node, const Extent& scores) {
  const auto samples = samples_of(node.in(0));
  const auto dtype = length_of(node, "classlabels_strings") > 0 ? DType::string : DType::int64;
  node.out(0, tensor(dtype, Dims{samples}));
  node.out(1, tensor(DType::float32, Dims{samples, scores}));
  return {};
}

Result<void> regress(NodeView& node, std::optional<DType> dtype, const Extent& targets) {
  node.out(0, tensor(dtype, Dims{samples_of(node.in(0)), targets}));
  return {};
}

std::optional<double> per_sample(const NodeView& node, std::string_view attribute) {
  const auto samples = samples_of(node.in(0)).number();
  if (!samples) return std::nullopt;
  return static_cast<double>(*samples) * static_cast<double>(length_of(node, attribute));
}

}  // namespace

std::int64_t length_of(const NodeView& node, std::string_view attribute) {
  const auto* const found = node.attribute(attribute);
  if (found == nullptr) return 0;
  return static_cast<std::int64_t>(
      std::max({found->reals.size(), found->integers.size(), found->texts.size()}));
}

Result<void> linear_classifier(NodeView& node) {
  const auto labels = labels_of(node);
  return classify(node, known_or_unknown(labels > 0 ? labels : length_of(node, "intercepts")));
}

Result<void> linear_regressor(NodeView& node) {
  return regress(node, DType::float32, node.integer("targets", 1));
}

/// Without probabilities the scores are those of every pair of classes; two for two classes.
Result<void> svm_classifier(NodeView& node) {
  const auto labels = labels_of(node);
  const bool pairs = length_of(node, "prob_a") == 0 && length_of(node, "vectors_per_class") > 0;
  return classify(node, known_or_unknown(pairs && labels > 2 ? labels * (labels - 1) / 2 : labels));
}

Result<void> svm_regressor(NodeView& node) { return regress(node, DType::float32, 1); }

Result<void> tree_classifier(NodeView& node) { return classify(node, known_or_unknown(labels_of(node))); }

Result<void> tree_regressor(NodeView& node) {
  return regress(node, DType::float32, node.integer("n_targets", 1));
}

Result<void> tree_ensemble(NodeView& node) {
  return regress(node, node.in(0).dtype, node.integer("n_targets", 1));
}

std::optional<double> linear_macs(const NodeView& node) { return per_sample(node, "coefficients"); }

std::optional<double> svm_macs(const NodeView& node) { return per_sample(node, "support_vectors"); }

}  // namespace ns::onnx
