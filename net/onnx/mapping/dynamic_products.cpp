#include "net/onnx/mapping/dynamic_products.hpp"

#include "net/onnx/mapping/mappers.hpp"
#include "net/onnx/mapping/sized.hpp"

#include <algorithm>
#include <utility>

namespace ns::onnx {
namespace {

/// Whether stored numbers are one for all, or one per channel of `shape` with `behind` axes behind theirs.
bool is_per_channel(const Dims& dims, const Shape& shape, std::size_t behind) {
  for (std::size_t i = 0; i < dims.size(); ++i) {
    const auto extent = dims[dims.size() - 1 - i].number();
    const bool is_channel = i == behind && extent == shape[shape.rank() - 1 - behind];
    if (extent != 1 && !is_channel) return false;
  }
  return true;
}

}  // namespace

DynamicProducts::DynamicProducts(const ModelFile& file, const Constants& constants, const ReadCounts& reads)
    : file_{file}, constants_{constants}, reads_{reads} {
  const auto& nodes = file.model.graph.nodes;
  if (std::ranges::find(nodes, "DynamicQuantizeLinear", &Node::op) == nodes.end()) return;
  std::unordered_map<std::string_view, const Node*> makers;
  for (const auto& node : nodes)
    for (const auto& output : node.outputs) makers.emplace(output, &node);
  const auto stores = [&](const std::string& name) {
    const auto* const fact = fact_of(name);
    return fact != nullptr && fact->constant;
  };
  const auto maker = [&](const std::string& name) {
    const auto found = makers.find(name);
    return found == makers.end() ? nullptr : found->second;
  };
  std::vector<const Node*> quantisers;
  for (const auto& node : nodes) {
    const auto product = dynamic_product(node, {stores, maker});
    auto params = product && is_closed(*product) ? params_of(node, *product) : std::nullopt;
    if (!params) continue;
    within_.insert(product->within.begin(), product->within.end());
    layers_.emplace(&node,
                    Layer{product->product->op, *std::move(params), product->quantiser->inputs.front()});
    quantisers.push_back(product->quantiser);
  }
  take_quantisers(quantisers);
}

const DynamicProducts::Layer* DynamicProducts::ending_in(const Node& node) const {
  const auto found = layers_.find(&node);
  return found == layers_.end() ? nullptr : &found->second;
}

const Fact* DynamicProducts::fact_of(const std::string& name) const {
  const auto found = file_.inferred.facts.find(name);
  return found == file_.inferred.facts.end() ? nullptr : &found->second;
}

std::size_t DynamicProducts::reads_of(std::string_view name) const {
  const auto found = reads_.find(name);
  return found == reads_.end() ? 0 : found->second;
}

bool DynamicProducts::is_closed(const DynamicProduct& nodes) const {
  return std::ranges::all_of(nodes.within,
                             [&](const Node* each) { return reads_of(each->outputs.front()) == 1; });
}

/// Nothing where no layer does what the nodes do.
std::optional<LayerParams> DynamicProducts::params_of(const Node& last, const DynamicProduct& nodes) const {
  const auto* const input = fact_of(nodes.quantiser->inputs.front());
  const auto* const output = fact_of(last.outputs.front());
  const auto* const factors = fact_of(nodes.factors);
  if (input == nullptr || output == nullptr || factors == nullptr || !factors->dims || input->constant)
    return std::nullopt;
  const auto in = sized(*input);
  const auto out = sized(*output);
  if (!in.is_exact() || !out.is_exact()) return std::nullopt;
  std::vector<const Fact*> facts;
  for (const auto& name : nodes.product->inputs) facts.push_back(name.empty() ? nullptr : fact_of(name));
  const MappedNode node{NodeView{*nodes.product, file_.model.opset(""), std::move(facts), {}, {}},
                        constants_,
                        {in.type},
                        {out.type},
                        {true}};
  const bool is_conv = nodes.product->op == "ConvInteger";
  auto params = is_conv ? mappers::dynamic_conv(node) : mappers::dynamic_fc(node);
  if (!params) return std::nullopt;
  const auto made = output_types(*params, node.inputs);
  const auto behind = is_conv ? in.type.shape.rank() - 2 : 0;
  const bool fits = made && *made == node.outputs && is_per_channel(*factors->dims, out.type.shape, behind);
  return fits ? std::move(params) : std::nullopt;
}

/// What makes inputs whole goes where only such products read it.
void DynamicProducts::take_quantisers(const std::vector<const Node*>& quantisers) {
  ReadCounts inside;
  const auto count = [&](const Node& node) {
    for (const auto& input : node.inputs) ++inside[input];
  };
  for (const auto* const node : within_) count(*node);
  for (const auto& [last, layer] : layers_) count(*last);
  for (const auto* const quantiser : quantisers)
    if (std::ranges::all_of(quantiser->outputs,
                            [&](const auto& name) { return inside[name] == reads_of(name); }))
      within_.insert(quantiser);
}

}  // namespace ns::onnx
