#include "net/onnx/mapping/weight_sources.hpp"

#include "net/onnx/mapping/dynamic_product.hpp"
#include "net/onnx/mapping/quantised.hpp"
#include "net/onnx/node_view.hpp"

#include <cstddef>
#include <utility>

namespace ns::onnx {
namespace {

std::string input(const Node& node, std::size_t i) { return i < node.inputs.size() ? node.inputs[i] : ""; }

/// A fully connected layer has its filters as rows; Gemm's factors become part of what they multiply.
std::vector<WeightSource> of_fc(const Node& node) {
  const NodeView view{node, 0, {}, {}, {}};
  return {{input(node, 1), view.integer("transB", 0) == 0, view.real("alpha", 1.0)},
          {input(node, 2), false, node.op == "Gemm" ? view.real("beta", 1.0) : 1.0}};
}

/// Filters that a DequantizeLinear node would make real: what it reads.
std::vector<WeightSource> of_dequantised(const Quantisation& quantisation, const Node& node,
                                         const Node& dequantiser, bool is_fc) {
  auto sources = is_fc ? of_fc(node) : std::vector<WeightSource>{{input(node, 1)}, {input(node, 2)}};
  sources.front().name = input(dequantiser, 0);
  std::vector<WeightSource> beside{{input(dequantiser, 1)}};
  if (quantisation.filter_zero_points) beside.push_back({input(dequantiser, 2)});
  sources.insert(sources.begin() + 1, beside.begin(), beside.end());
  return sources;
}

/// A bias of whole numbers counts in units of the input's scale times the filter's.
std::vector<WeightSource> of_quantised(const Quantisation& quantisation, const Node& node,
                                       const QuantisedInputs& inputs) {
  const NodeView view{node, 0, {}, {}, {}};
  WeightSource filters{input(node, QuantisedInputs::filters)};
  filters.transposed = inputs.is_matrix && view.integer("transB", 0) == 0;
  const auto factors = input(node, QuantisedInputs::filters + 1);
  WeightSource bias{inputs.bias ? input(node, *inputs.bias) : "", false, quantisation.in.scale};
  bias.factors = factors;
  std::vector<WeightSource> sources{std::move(filters), {factors}};
  if (quantisation.filter_zero_points) sources.push_back({input(node, QuantisedInputs::filters + 2)});
  sources.push_back(std::move(bias));
  return sources;
}

std::vector<WeightSource> of_dynamic(const Quantisation& quantisation, const DynamicProduct& product) {
  WeightSource filters{input(*product.product, 1)};
  filters.transposed = product.product->op == "MatMulInteger";
  std::vector<WeightSource> sources{std::move(filters), {product.factors}};
  if (quantisation.filter_zero_points) sources.push_back({input(*product.product, 3)});
  return sources;
}

/// DynamicQuantizeLSTM has the columns of its weights first, and their scales and zero points behind all
/// else.
std::vector<WeightSource> of_dynamic_lstm(const Rnn& layer, const Node& node) {
  constexpr std::size_t scale = 8;
  constexpr std::size_t of_state = 2;  // places behind that of the input
  std::vector<WeightSource> sources{
      {input(node, 1), true}, {input(node, 2), true}, {input(node, scale)}, {input(node, scale + of_state)}};
  if (layer.quantisation.filter_zero_points) {
    sources.push_back({input(node, scale + 1)});
    sources.push_back({input(node, scale + of_state + 1)});
  }
  if (layer.bias) sources.push_back({input(node, 3)});
  for (const char state : layer.stored) sources.push_back({input(node, state == 'h' ? 5 : 6)});
  return sources;
}

}  // namespace

std::vector<WeightSource> weight_sources(const LayerParams& params, const Node& node,
                                         const NodeSurroundings& surroundings) {
  if (const auto* const rnn = std::get_if<Rnn>(&params); rnn != nullptr && rnn->quantisation.dynamic)
    return of_dynamic_lstm(*rnn, node);
  const bool is_fc = std::holds_alternative<Fc>(params);
  const auto* const quantisation = quantisation_of(params);
  if (quantisation != nullptr && quantisation->dynamic)
    if (const auto product = dynamic_product(node, surroundings)) return of_dynamic(*quantisation, *product);
  if (quantisation != nullptr && quantisation->in)
    if (const auto inputs = quantised_inputs(node.op)) return of_quantised(*quantisation, node, *inputs);
  if (quantisation != nullptr && quantisation->has_factors())
    if (const auto* const maker = surroundings.maker(input(node, 1));
        maker != nullptr && maker->op == "DequantizeLinear")
      return of_dequantised(*quantisation, node, *maker, is_fc);
  if (is_fc) return of_fc(node);
  // ONNX has scale, shift, mean and variance; layers have mean and variance first, as Caffe has.
  if (node.op == "BatchNormalization")
    return {{input(node, 3)}, {input(node, 4)}, {input(node, 1)}, {input(node, 2)}};
  std::vector<WeightSource> sources;
  for (const auto& name : node.inputs)
    if (!name.empty() && surroundings.stores(name)) sources.push_back({name});
  return sources;
}

}  // namespace ns::onnx
