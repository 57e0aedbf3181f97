/// Where the weights of a layer stand among the inputs of its node.
#pragma once

#include "net/layer.hpp"
#include "net/onnx/model.hpp"

#include <cstddef>
#include <functional>
#include <vector>

namespace ns::onnx {

struct WeightSource {
  std::size_t input = 0;    // of the node
  bool transposed = false;  // the input is [columns, features], the weight [features, columns]
  double factor = 1.0;      // on every element (Gemm's alpha and beta)
};

/// By slot, in the order of weights(params, ...), for a room that room_of() made of `node`. `stores(i)`:
/// input `i` is known before anything runs. A weight has the elements of its input, or repeats its only one.
std::vector<WeightSource> weight_sources(const LayerParams& params, const Node& node,
                                         const std::function<bool(std::size_t)>& stores);

}  // namespace ns::onnx
