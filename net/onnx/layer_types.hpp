/// Which of our layer types an operator is: what predictors know it by.
#pragma once

#include "net/onnx/model.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace ns::onnx {

/// "conv", "fc", "matmul", ...; "opaque" where no layer type fits. A product is an fc where one of its
/// operands is a weight: a tensor that `is_constant`. Operators of other domains than ai.onnx and
/// com.microsoft are opaque.
std::string_view layer_type(const Node& node, const std::function<bool(const std::string&)>& is_constant);

}  // namespace ns::onnx
