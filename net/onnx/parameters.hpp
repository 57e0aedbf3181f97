/// The weights of a file, and which nodes read them.
#pragma once

#include "net/onnx/infer.hpp"

namespace ns::onnx {

/// Fills in `parameters` and `parameter_bytes` of the whole and of every node: real and 8-bit or smaller
/// integer tensors that initializers, Constant nodes or ConstantOfShape of constant shapes hold, those that
/// some node reads, each once. What nodes make of weights alone (a transposed one) counts for the node that
/// reads it at last.
void count_parameters(const Graph& graph, Inferred& inferred);

}  // namespace ns::onnx
