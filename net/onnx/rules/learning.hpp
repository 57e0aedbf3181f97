/// Operators of classical machine learning and of training: what rules/learning.cpp lists and other files
/// hold.
#pragma once

#include "net/onnx/node_view.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace ns::onnx {

/// Elements of a list that an attribute holds, of whatever type; 0 where it is not there.
std::int64_t length_of(const NodeView& node, std::string_view attribute);

// classifiers.cpp
Result<void> linear_classifier(NodeView& node);
Result<void> linear_regressor(NodeView& node);
Result<void> svm_classifier(NodeView& node);
Result<void> svm_regressor(NodeView& node);
Result<void> tree_classifier(NodeView& node);
Result<void> tree_regressor(NodeView& node);
Result<void> tree_ensemble(NodeView& node);
/// Samples x coefficients.
std::optional<double> linear_macs(const NodeView& node);
/// Samples x elements of all support vectors: each kernel is a product with one of them.
std::optional<double> svm_macs(const NodeView& node);

}  // namespace ns::onnx
