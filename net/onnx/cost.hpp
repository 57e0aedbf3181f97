/// What one node costs, once its shapes are known.
#pragma once

#include "net/onnx/infer.hpp"
#include "net/onnx/rules.hpp"

namespace ns::onnx {

/// MACs and FLOPs by the operator's rule, with what its bodies spent; `lower_bound` where a shape that they
/// depend on is not known. Shape arithmetic is free: of a constant node only MACs count, which weights are
/// multiplied by.
NodeCost cost_of(const OpRule& rule, const NodeView& node, bool constant);

}  // namespace ns::onnx
