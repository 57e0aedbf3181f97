/// Model-local functions (FunctionProto), each call replaced by the function's body.
#pragma once

#include "core/error.hpp"
#include "net/onnx/model.hpp"

namespace ns::onnx {

/// As flatten() promises (parse.hpp), without sorting. Domains that only functions import are imported by the
/// model then.
Result<void> inline_functions(Model& model);

}  // namespace ns::onnx
