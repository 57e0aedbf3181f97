/// Operators on strings: what rules/signal.cpp lists and text.cpp holds.
#pragma once

#include "net/onnx/node_view.hpp"

namespace ns::onnx {

Result<void> string_concat(NodeView& node);
Result<void> string_split(NodeView& node);
Result<void> string_normalizer(NodeView& node);
Result<void> tf_idf_vectorizer(NodeView& node);

}  // namespace ns::onnx
