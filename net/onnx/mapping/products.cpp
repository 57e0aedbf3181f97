// Products of matrices, stored or not, and recurrent layers.
#include "net/onnx/mapping/mappers.hpp"
#include "net/onnx/mapping/quantised.hpp"
#include "net/onnx/rules/einsum.hpp"

#include <array>
#include <string_view>
#include <vector>

namespace ns::onnx::mappers {
namespace {

/// A stored matrix, input `filters`: [columns, features], or [features, columns] where `transposed`, behind
/// the last axis of the one activation.
std::optional<Fc> fully_connected(const MappedNode& node, std::size_t filters, bool transposed, bool bias) {
  const auto weights = node.stores(filters) ? node.extents(filters) : std::nullopt;
  if (!weights || weights->size() != 2 || node.inputs.size() != 1) return std::nullopt;
  const auto rank = static_cast<std::int64_t>(node.inputs.front().shape.rank());
  return Fc{.features = weights->at(transposed ? 0 : 1), .bias = bias, .axis = rank > 1 ? rank - 1 : 1};
}

/// The same of real numbers, with the filters as they are stored.
std::optional<Fc> real_fully_connected(const MappedNode& node, bool transposed, bool bias) {
  auto layer = fully_connected(node, 1, transposed, bias);
  if (layer && node.view.real("alpha", 1.0) == 1.0)
    layer->quantisation = stored_quantisation(node, transposed ? 0 : 1);
  return layer;
}

/// Trained weights absorb the scale of a fully connected layer.
std::optional<LayerParams> product(const MappedNode& node, bool transpose_a, bool transpose_b) {
  if (!transpose_a)
    if (auto layer = real_fully_connected(node, transpose_b, false)) return layer;
  Matmul layer{transpose_a, transpose_b, {}, node.stores(0), node.view.real("alpha", 1.0)};
  if (node.inputs.size() == 2) return layer;
  auto extents = node.extents(node.stores(0) ? 0 : 1);
  if (!extents || node.inputs.size() != 1) return std::nullopt;
  layer.with = std::move(*extents);
  return layer;
}

std::optional<Rnn::Direction> direction_of(std::string_view text) {
  if (text == "forward") return Rnn::Direction::forward;
  if (text == "reverse") return Rnn::Direction::reverse;
  return text == "bidirectional" ? std::optional{Rnn::Direction::both} : std::nullopt;
}

/// Whether the node's gates have functions of their own: other names than the operator's usual ones, in each
/// direction, or parameters.
bool has_own_functions(const NodeView& view) {
  for (const auto* const name : {"activation_alpha", "activation_beta"})
    if (view.attribute(name) != nullptr) return true;
  const auto* const given = view.attribute("activations");
  if (given == nullptr) return false;
  const std::string_view op = view.node().op;
  const std::vector<std::string_view> usual = op.ends_with("LSTM")
                                                  ? std::vector<std::string_view>{"Sigmoid", "Tanh", "Tanh"}
                                              : op == "GRU" ? std::vector<std::string_view>{"Sigmoid", "Tanh"}
                                                            : std::vector<std::string_view>{"Tanh"};
  const std::size_t directions = view.text("direction", "forward") == "bidirectional" ? 2 : 1;
  if (given->texts.size() != directions * usual.size()) return true;
  for (std::size_t i = 0; i < given->texts.size(); ++i)
    if (given->texts[i] != usual[i % usual.size()]) return true;
  return false;
}

/// Whether the node has an input or attribute that no room knows: sequence lengths, peepholes, activations of
/// its own.
bool is_unusual(const MappedNode& node) {
  const auto& view = node.view;
  return view.has(4) || view.has(7) || has_own_functions(view) || view.attribute("clip") != nullptr ||
         view.integer("layout", 0) != 0 || view.integer("input_forget", 0) != 0;
}

/// Whether Gemm's stored C, input `input`, adds one number to each of `features` outputs, the same for all
/// rows.
bool is_bias(const MappedNode& node, std::size_t input, std::int64_t features) {
  const auto extents = node.stores(input) ? node.extents(input) : std::nullopt;
  if (!extents || extents->size() > 2) return false;
  if (extents->empty()) return true;
  const auto rows = extents->size() == 2 ? extents->front() : 1;
  return rows == 1 && (extents->back() == features || extents->back() == 1);
}

}  // namespace

std::optional<LayerParams> gemm(const MappedNode& node) {
  const auto& view = node.view;
  const bool transpose_a = view.integer("transA", 0) != 0;
  const bool transpose_b = view.integer("transB", 0) != 0;
  if (!view.has(2)) return product(node, transpose_a, transpose_b);
  if (transpose_a) return std::nullopt;
  const auto layer = real_fully_connected(node, transpose_b, true);
  return layer && is_bias(node, 2, layer->features) ? std::optional<LayerParams>{*layer} : std::nullopt;
}

std::optional<LayerParams> quantised_product(const MappedNode& node) {
  const auto& view = node.view;
  const bool transposed = view.integer("transB", 0) != 0;
  const auto inputs = quantised_inputs(view.node().op);
  const auto quantisation = quantisation_of(node, transposed ? 0 : 1);
  if (!inputs || !quantisation || view.integer("transA", 0) != 0 || view.real("alpha", 1.0) != 1.0)
    return std::nullopt;
  const bool bias = inputs->bias && view.has(*inputs->bias);
  auto layer = fully_connected(node, QuantisedInputs::filters, transposed, bias);
  if (!layer || (bias && !is_bias(node, *inputs->bias, layer->features))) return std::nullopt;
  layer->quantisation = *quantisation;
  return layer;
}

std::optional<LayerParams> dynamic_fc(const MappedNode& node) {
  auto layer = fully_connected(node, 1, false, false);
  const auto quantisation = layer ? dynamic_quantisation(node, 1) : std::nullopt;
  if (!quantisation) return std::nullopt;
  layer->quantisation = *quantisation;
  return layer;
}

std::optional<LayerParams> matmul(const MappedNode& node) {
  const auto& view = node.view;
  if (view.integer("transBatchA", 0) != 0 || view.integer("transBatchB", 0) != 0) return std::nullopt;
  return product(node, view.integer("transA", 0) != 0, view.integer("transB", 0) != 0);
}

std::optional<LayerParams> einsum(const MappedNode& node) {
  const auto count = node.view.inputs();
  if (count > 2) return std::nullopt;
  auto equation = plain_equation(node.view);
  if (!equation) return std::nullopt;
  Einsum layer{*std::move(equation), {}, count == 2 && node.stores(0)};
  if (node.inputs.size() == count) return layer;
  auto extents = node.extents(layer.with_first ? 0 : 1);
  if (!extents || extents->empty() || node.inputs.size() + 1 != count) return std::nullopt;
  layer.with = std::move(*extents);
  return layer;
}

std::optional<LayerParams> dynamic_lstm(const MappedNode& node) {
  const auto quantisation = recurrent_quantisation(node);
  const auto layer = quantisation ? recurrent(node) : std::nullopt;
  if (!layer) return std::nullopt;
  auto quantised = std::get<Rnn>(*layer);
  quantised.hidden = (*node.extents(2))[1];  // R: [directions, hidden, gates x hidden]
  quantised.quantisation = *quantisation;
  return quantised;
}

std::optional<LayerParams> recurrent(const MappedNode& node) {
  const auto& view = node.view;
  const std::string_view op = view.node().op;
  const auto direction = direction_of(view.text("direction", "forward"));
  if (!direction || is_unusual(node) || !node.stores(1) || !node.stores(2) ||
      (view.has(3) && !node.stores(3)))
    return std::nullopt;
  const auto state = node.extents(2);  // R: [directions, gates x hidden, hidden]
  if (!state || state->size() != 3) return std::nullopt;
  Rnn layer;
  layer.kind = op.ends_with("LSTM") ? Rnn::Kind::lstm : op == "GRU" ? Rnn::Kind::gru : Rnn::Kind::rnn;
  layer.hidden = state->back();
  layer.direction = *direction;
  layer.bias = view.has(3);
  layer.reset_after = view.integer("linear_before_reset", 0) != 0;
  if (node.view.has(5)) (node.stores(5) ? layer.stored : layer.states) += 'h';
  if (node.view.has(6)) (node.stores(6) ? layer.stored : layer.states) += 'c';
  layer.outputs.clear();
  static constexpr std::array names{'y', 'h', 'c'};
  for (std::size_t i = 0; i < names.size() && i < node.made.size(); ++i)
    if (node.made[i]) layer.outputs += names.at(i);
  return layer;
}

}  // namespace ns::onnx::mappers
