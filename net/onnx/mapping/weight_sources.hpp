/// Where the weights of a layer stand among the inputs of its node.
#pragma once

#include "net/layer.hpp"
#include "net/onnx/mapping/surroundings.hpp"
#include "net/onnx/model.hpp"

#include <string>
#include <vector>

namespace ns::onnx {

/// A weight has the elements of the tensor `name`, or repeats its only one, or one per index of its first
/// axis.
struct WeightSource {
  std::string name;
  bool transposed = false;  // the tensor is [..., columns, rows], the weight [..., rows, columns]
  double factor = 1.0;      // on every element (Gemm's alpha and beta)
  std::string factors{};    // one for all or one per filter, multiplied with; empty: none
};

/// By slot, in the order of weights(params, ...), for a layer that was made of `node`, or of
/// several that end in it.
std::vector<WeightSource> weight_sources(const LayerParams& params, const Node& node,
                                         const NodeSurroundings& surroundings);

}  // namespace ns::onnx
