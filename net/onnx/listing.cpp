#include "core/quantity.hpp"
#include "net/onnx/captures.hpp"
#include "net/onnx/layer_types.hpp"
#include "net/onnx/name_ids.hpp"
#include "net/onnx/onnx.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <unordered_map>
#include <utility>

namespace ns::onnx {
namespace {

std::string_view kind_name(Kind kind) {
  static constexpr std::array<std::string_view, 6> names{"tensor",   "sparse", "sequence",
                                                         "optional", "map",    "opaque"};
  return names.at(static_cast<std::size_t>(kind));
}

std::vector<ListedExtent> listed(const Dims& dims, std::set<std::string>& symbols) {
  std::vector<ListedExtent> extents;
  extents.reserve(dims.size());
  for (const auto& extent : dims) {
    if (extent.is_known())
      extents.emplace_back(extent.value());
    else if (extent.is_symbolic())
      extents.emplace_back(std::string_view{*symbols.insert(to_string(extent)).first});
    else
      extents.emplace_back();
  }
  return extents;
}

ListedTensor listed(std::string name, const Fact& fact, std::set<std::string>& symbols) {
  ListedTensor made;
  made.name = std::move(name);
  made.kind = kind_name(fact.kind);
  made.dtype = fact.dtype;
  made.constant = fact.constant;
  if (fact.dims) made.extents = listed(*fact.dims, symbols);
  if (fact.most && (!fact.dims || !all_known(*fact.dims))) {
    auto& most = made.most.emplace();
    most.reserve(fact.most->size());
    for (const auto& extent : *fact.most) most.push_back(extent.value());
  }
  return made;
}

/// Moves facts into the listing, each once, so that a large model is not in memory twice.
class Tensors {
 public:
  Tensors(Inferred& inferred, Listing& listing)
      : facts_{inferred.facts}, tensors_{listing.tensors}, symbols_{listing.symbols} {}

  /// `name` must not be there yet.
  TensorId add(const std::string& name) {
    const auto id = static_cast<TensorId>(tensors_.size());
    if (auto fact = facts_.extract(name))
      tensors_.push_back(listed(std::move(fact.key()), fact.mapped(), symbols_));
    else
      tensors_.push_back(listed(name, Fact{}, symbols_));
    ids_.add(id);
    return id;
  }

  /// Nothing for a weight: only inputs and outputs of nodes were added.
  [[nodiscard]] std::optional<TensorId> find(std::string_view name) const { return ids_.find(name); }

  [[nodiscard]] bool is_constant(const std::string& name) const {
    if (const auto id = find(name)) return tensors_[*id].constant;
    const auto fact = facts_.find(name);
    return fact != facts_.end() && fact->second.constant;
  }

 private:
  std::unordered_map<std::string, Fact>& facts_;
  std::deque<ListedTensor>& tensors_;
  std::set<std::string>& symbols_;
  NameIds ids_{tensors_};
};

/// What it reads, its subgraphs too; a weight is no tensor here.
void add_inputs(ListedLayer& layer, const Node& node, const Tensors& tensors) {
  for (const auto& name : node.inputs)
    if (const auto id = tensors.find(name)) layer.tensors.push_back(*id);
  for (const auto name : captured_names(node))
    if (const auto id = tensors.find(name);
        id && std::ranges::find(layer.tensors, *id) == layer.tensors.end())
      layer.tensors.push_back(*id);
  layer.input_count = static_cast<std::uint32_t>(layer.tensors.size());
}

/// What `node` reads must be in `tensors`; what it makes is added.
ListedLayer listed(Node&& node, const NodeCost& cost, Tensors& tensors) {
  ListedLayer made;
  made.type = cost.opaque
                  ? std::string_view{"opaque"}
                  : layer_type(node, [&](const std::string& tensor) { return tensors.is_constant(tensor); });
  made.tensors.reserve(node.inputs.size() + node.outputs.size());
  add_inputs(made, node, tensors);
  for (const auto& name : node.outputs)
    if (!name.empty()) made.tensors.push_back(tensors.add(name));
  made.name = std::move(node.name);
  made.op = std::move(node.op);
  made.macs = Macs{cost.macs};
  made.flops = Flops{cost.flops};
  made.parameters = cost.parameters;
  made.parameter_bytes = cost.parameter_bytes;
  made.constant = cost.constant;
  return made;
}

/// Where a cost depends on data, none of what comes after such data counts: the totals are then what every
/// run costs.
void add_totals(Listing& listing, const Inferred& inferred) {
  auto& sum = listing.totals;
  const auto is_open = [](const NodeCost& cost) { return cost.after_data && cost.lower_bound; };
  const bool depends = std::ranges::any_of(inferred.costs, is_open);
  Macs left_out;
  for (std::size_t i = 0; i < listing.layers.size(); ++i) {
    const auto& layer = listing.layers[i];
    const auto& cost = inferred.costs[i];
    const bool counts = !depends || !cost.after_data;
    (counts ? sum.macs : left_out) += layer.macs;
    if (counts) sum.flops += layer.flops;
    sum.opaque_layers += layer.type == "opaque" ? 1 : 0;
    listing.lower_bound = listing.lower_bound || cost.opaque || cost.lower_bound;
  }
  if (left_out > Macs{})
    listing.warnings.push_back(
        fmt::format("{} MACs of layers that come after shapes which depend on data are not in the totals",
                    print_count(left_out.value())));
  sum.parameters = inferred.parameters;
  sum.parameter_bytes = Bytes{static_cast<double>(inferred.parameter_bytes)};
}

}  // namespace

Listing listing_of(Model model, Inferred inferred, const std::string& path) {
  auto& graph = model.graph;
  Listing listing;
  listing.name = net_name(model, path);
  listing.file = path;
  listing.format = "onnx";
  listing.warnings = std::move(inferred.warnings);
  listing.warnings.insert(listing.warnings.end(), inferred.missing.begin(), inferred.missing.end());

  Tensors tensors{inferred, listing};
  for (const auto& input : graph.inputs) listing.inputs.push_back(tensors.add(input.name));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    auto node = std::move(graph.nodes[i]);  // freed with what it holds before the next is listed
    listing.layers.push_back(listed(std::move(node), inferred.costs[i], tensors));
  }
  // An initializer may be an output too; it is listed then, but no layer's input, for it is there before
  // them.
  for (const auto& output : graph.outputs) {
    const auto known = tensors.find(output.name);
    listing.outputs.push_back(known ? *known : tensors.add(output.name));
  }
  add_totals(listing, inferred);
  return listing;
}

Result<Listing> list_onnx(Source source, const std::string& path, const Bindings& bindings) {
  auto file = read_model(std::move(source), path, bindings);
  if (!file) return tl::unexpected{std::move(file.error())};
  return listing_of(std::move(file->model), std::move(file->inferred), path);
}

Result<Listing> list_onnx(const std::string& path, const Bindings& bindings) {
  auto file = read_model(path, bindings);
  if (!file) return tl::unexpected{std::move(file.error())};
  return listing_of(std::move(file->model), std::move(file->inferred), file->path);
}

}  // namespace ns::onnx
