#include "net/onnx/mapping/weight_sources.hpp"

#include <algorithm>
#include <string_view>

namespace ns::onnx {
namespace {

const Attribute* find(const Node& node, std::string_view name) {
  const auto found = std::ranges::find(node.attributes, name, &Attribute::name);
  return found == node.attributes.end() ? nullptr : &*found;
}

double real(const Node& node, std::string_view name) {
  const auto* const attribute = find(node, name);
  return attribute == nullptr ? 1.0 : attribute->real;
}

/// A fully connected layer has its filters as rows; Gemm's factors become part of what they multiply.
std::vector<WeightSource> of_fc(const Node& node) {
  const auto* const turned = find(node, "transB");
  return {{1, turned == nullptr || turned->integer == 0, real(node, "alpha")},
          {2, false, node.op == "Gemm" ? real(node, "beta") : 1.0}};
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
