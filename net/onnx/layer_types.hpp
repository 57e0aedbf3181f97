/// Which of our layer types an operator is: what predictors know it by.
#pragma once

#include "net/onnx/infer.hpp"
#include "net/onnx/model.hpp"

#include <string_view>

namespace ns::onnx {

/// "conv", "fc", "matmul", ...; "opaque" where no layer type fits. A product is an fc where one of its
/// operands is a weight, which `inferred` tells. Operators of other domains than ai.onnx and com.microsoft
/// are opaque.
std::string_view layer_type(const Node& node, const Inferred& inferred);

}  // namespace ns::onnx
