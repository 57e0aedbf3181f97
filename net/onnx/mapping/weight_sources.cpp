#include "net/onnx/mapping/weight_sources.hpp"

#include "net/onnx/node_view.hpp"

namespace ns::onnx {
namespace {

/// A fully connected layer has its filters as rows; Gemm's factors become part of what they multiply.
std::vector<WeightSource> of_fc(const Node& node) {
  const NodeView view{node, 0, {}, {}, {}};
  return {{1, view.integer("transB", 0) == 0, view.real("alpha", 1.0)},
          {2, false, node.op == "Gemm" ? view.real("beta", 1.0) : 1.0}};
}

}  // namespace

std::vector<WeightSource> weight_sources(const LayerParams& params, const Node& node,
                                         const std::function<bool(std::size_t)>& stores) {
  if (std::holds_alternative<Fc>(params)) return of_fc(node);
  // ONNX has scale, shift, mean and variance; layers have mean and variance first, as Caffe has.
  if (node.op == "BatchNormalization") return {{3}, {4}, {1}, {2}};
  std::vector<WeightSource> sources;
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    if (!node.inputs[i].empty() && stores(i)) sources.push_back({i});
  return sources;
}

}  // namespace ns::onnx
