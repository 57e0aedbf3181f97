#include "net/onnx/layer_types.hpp"
#include "net/onnx/onnx.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace ns::onnx {
namespace {

std::string_view kind_name(Kind kind) {
  static constexpr std::array<std::string_view, 6> names{"tensor",   "sparse", "sequence",
                                                         "optional", "map",    "opaque"};
  return names.at(static_cast<std::size_t>(kind));
}

ListedExtent listed(const Extent& extent) {
  if (extent.is_known()) return extent.value();
  if (extent.is_symbolic()) return to_string(extent);
  return std::monostate{};
}

ListedTensor listed(const std::string& name, const Fact& fact) {
  ListedTensor made;
  made.name = name;
  made.kind = kind_name(fact.kind);
  made.dtype = fact.dtype;
  made.constant = fact.constant;
  if (fact.dims) {
    auto& extents = made.extents.emplace();
    extents.reserve(fact.dims->size());
    for (const auto& extent : *fact.dims) extents.push_back(listed(extent));
  }
  if (fact.most && (!fact.dims || !all_known(*fact.dims))) {
    auto& most = made.most.emplace();
    for (const auto& extent : *fact.most) most.push_back(extent.value());
  }
  return made;
}

/// Lists tensors by name, each once.
class Tensors {
 public:
  Tensors(const Inferred& inferred, std::vector<ListedTensor>& tensors, std::size_t expected)
      : inferred_{inferred}, tensors_{tensors} {
    ids_.reserve(expected);
    tensors_.reserve(expected);
  }

  TensorId add(const std::string& name) {
    const auto [place, is_new] = ids_.try_emplace(name, static_cast<TensorId>(tensors_.size()));
    if (is_new) {
      static const Fact unknown;
      const auto fact = inferred_.facts.find(name);
      tensors_.push_back(listed(name, fact == inferred_.facts.end() ? unknown : fact->second));
    }
    return place->second;
  }

  /// Nothing for a weight: only inputs and outputs of nodes were added.
  [[nodiscard]] std::optional<TensorId> find(const std::string& name) const {
    const auto found = ids_.find(name);
    return found == ids_.end() ? std::nullopt : std::optional{found->second};
  }

 private:
  const Inferred& inferred_;
  std::vector<ListedTensor>& tensors_;
  std::unordered_map<std::string_view, TensorId> ids_;  // names are the model's
};

ListedLayer listed(const Node& node, const NodeCost& cost, const Inferred& inferred, const Tensors& tensors) {
  ListedLayer made;
  made.name = node.name;
  made.op = node.op;
  made.type = cost.opaque ? std::string_view{"opaque"} : layer_type(node, inferred);
  for (const auto& name : node.inputs)
    if (const auto id = tensors.find(name); id && !name.empty()) made.inputs.push_back(*id);
  for (const auto& name : node.outputs)
    if (const auto id = tensors.find(name); id && !name.empty()) made.outputs.push_back(*id);
  made.macs = Macs{cost.macs};
  made.flops = Flops{cost.flops};
  made.parameters = cost.parameters;
  made.parameter_bytes = cost.parameter_bytes;
  made.constant = cost.constant;
  return made;
}

/// What exporters call every graph.
bool is_generic(std::string_view name) {
  static constexpr std::array<std::string_view, 8> names{
      "", "main_graph", "torch_jit", "torch-jit-export", "main", "graph", "tf2onnx", "onnx-model"};
  return std::ranges::find(names, name) != names.end();
}

std::string name_of(const Model& model, const std::string& path) {
  return is_generic(model.graph.name) ? std::filesystem::path{path}.stem().string() : model.graph.name;
}

void add_totals(Listing& listing, const Inferred& inferred) {
  auto& sum = listing.totals;
  for (const auto& layer : listing.layers) {
    sum.macs += layer.macs;
    sum.flops += layer.flops;
    sum.opaque_layers += layer.type == "opaque" ? 1 : 0;
  }
  sum.parameters = inferred.parameters;
  sum.parameter_bytes = Bytes{static_cast<double>(inferred.parameter_bytes)};
  for (const auto& cost : inferred.costs)
    listing.lower_bound = listing.lower_bound || cost.opaque || cost.lower_bound;
}

}  // namespace

Listing listing_of(const Model& model, const Inferred& inferred, const std::string& path) {
  const auto& graph = model.graph;
  Listing listing;
  listing.name = name_of(model, path);
  listing.file = path;
  listing.format = "onnx";
  listing.warnings = inferred.warnings;

  Tensors tensors{inferred, listing.tensors, graph.inputs.size() + graph.nodes.size() * 5 / 4};
  for (const auto& input : graph.inputs) listing.inputs.push_back(tensors.add(input.name));
  for (const auto& node : graph.nodes)
    for (const auto& output : node.outputs)
      if (!output.empty()) tensors.add(output);
  listing.layers.reserve(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    listing.layers.push_back(listed(graph.nodes[i], inferred.costs[i], inferred, tensors));
  // An initializer may be an output too; it is listed then, and no layer's input, for it is there before
  // them.
  for (const auto& output : graph.outputs) listing.outputs.push_back(tensors.add(output.name));
  add_totals(listing, inferred);
  return listing;
}

Result<Listing> list_onnx(Source source, const std::string& path, const Bindings& bindings) {
  const auto file = read_model(std::move(source), path, bindings);
  if (!file) return tl::unexpected{file.error()};
  return listing_of(file->model, file->inferred, path);
}

Result<Listing> list_onnx(const std::string& path, const Bindings& bindings) {
  const auto file = read_model(path, bindings);
  if (!file) return tl::unexpected{file.error()};
  return listing_of(file->model, file->inferred, file->path);
}

}  // namespace ns::onnx
