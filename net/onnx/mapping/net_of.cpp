#include "net/onnx/mapping/net_of.hpp"

#include "core/text.hpp"
#include "net/onnx/captures.hpp"
#include "net/onnx/layer_types.hpp"
#include "net/onnx/mapping/dynamic_products.hpp"
#include "net/onnx/mapping/mappers.hpp"
#include "net/onnx/mapping/quantised_steps.hpp"
#include "net/onnx/mapping/sized.hpp"
#include "net/onnx/rules.hpp"
#include "net/step_name.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>
#include <utility>

namespace ns::onnx {
namespace {

class Mapping {
 public:
  explicit Mapping(ModelFile& file)
      : file_{file}, graph_{file.model.graph}, constants_{file}, builder_{net_name(file.model, file.path)} {}

  Result<Net> run() {
    if (auto fixed = check_free_dimensions(); !fixed) return tl::unexpected{std::move(fixed.error())};
    find_read();
    const DynamicProducts products{file_, constants_, read_};
    for (const auto& input : graph_.inputs)
      if (auto added = add_input(input.name); !added) return tl::unexpected{std::move(added.error())};
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const auto& node = graph_.nodes[i];
      if (file_.inferred.costs[i].constant || products.are_made_of(node)) continue;
      const auto* const product = products.ending_in(node);
      if (auto added =
              product == nullptr ? add_layer(node, file_.inferred.costs[i]) : add_product(node, *product);
          !added)
        return tl::unexpected{std::move(added.error())};
    }
    return finish();
  }

 private:
  [[nodiscard]] const Fact* fact_of(std::string_view name) const {
    const auto found = file_.inferred.facts.find(std::string{name});
    return found == file_.inferred.facts.end() ? nullptr : &found->second;
  }

  /// Sizes of all that is computed follow from the inputs'.
  [[nodiscard]] Result<void> check_free_dimensions() const {
    std::set<std::string> free;
    for (const auto& input : graph_.inputs) {
      const auto* const fact = fact_of(input.name);
      if (fact == nullptr || !fact->dims) continue;
      for (const auto& extent : *fact->dims)
        if (extent.is_symbolic()) free.insert(to_string(extent));
    }
    if (free.empty()) return {};
    return failure(Errc::usage,
                   fmt::format("sizes of its inputs are free: {}; give each, such as --dim {}=128",
                               fmt::join(free, ", "), *free.begin()));
  }

  /// How often nodes or the graph's outputs read a name.
  void find_read() {
    for (const auto& node : graph_.nodes) {
      for (const auto& input : node.inputs) ++read_[input];
      for (const auto input : captured_names(node)) ++read_[input];
    }
    for (const auto& output : graph_.outputs) ++read_[output.name];
  }

  Result<void> add_product(const Node& last, const DynamicProducts::Layer& product) {
    const auto added =
        builder_.add_layer(last.name, product.op, product.params, {product.input}, {last.outputs.front()});
    return added ? Result<void>{} : tl::unexpected{added.error()};
  }

  Result<void> add_input(const std::string& name) {
    const auto* const fact = fact_of(name);
    if (fact == nullptr || fact->constant) return {};
    auto known = sized(*fact);
    if (auto added = builder_.add_input(name, std::move(known.type)); !added)
      return tl::unexpected{std::move(added.error())};
    if (!known.crosses) builder_.keep_in_place(name);
    return {};
  }

  /// What the node reads that is there only once the net runs, its subgraphs' reads last.
  [[nodiscard]] std::vector<std::string> activations(const Node& node) const {
    std::vector<std::string> names;
    for (const auto& input : node.inputs)
      if (builder_.find(input) != nullptr) names.push_back(input);
    for (const auto input : captured_names(node)) {
      std::string name{input};
      if (builder_.find(name) != nullptr && std::ranges::find(names, name) == names.end())
        names.push_back(std::move(name));
    }
    return names;
  }

  /// What somebody reads of what the node makes; its first where nobody reads anything.
  [[nodiscard]] std::vector<std::string> results(const Node& node) const {
    std::vector<std::string> names;
    for (const auto& output : node.outputs)
      if (!output.empty() && read_.contains(output)) names.push_back(output);
    const auto first = std::ranges::find_if(node.outputs, [](const auto& name) { return !name.empty(); });
    if (names.empty() && first != node.outputs.end()) names.push_back(*first);
    return names;
  }

  /// What a node makes beside values that depend on its inputs may be known; it is there once the node ran.
  void count_as_activations(const std::vector<std::string>& outputs) {
    for (const auto& output : outputs)
      if (const auto found = file_.inferred.facts.find(output); found != file_.inferred.facts.end())
        found->second.constant = found->second.stored = false;
  }

  Result<void> add_layer(const Node& node, const NodeCost& cost) {
    const auto inputs = activations(node);
    const auto outputs = results(node);
    if (outputs.empty()) return {};
    count_as_activations(node.outputs);
    std::vector<Sized> made;
    std::vector<TensorType> types;
    bool exact = true;
    for (const auto& output : outputs) {
      const auto* const fact = fact_of(output);
      made.push_back(fact == nullptr ? sized(Fact{}) : sized(*fact));
      exact = exact && made.back().is_exact();
      bounded_ += made.back().bounded && made.back().crosses ? 1 : 0;
      types.push_back(made.back().type);
    }
    std::optional<LayerParams> room;
    if (exact && !cost.opaque && !inputs.empty()) {
      const auto view = mapped(node, inputs, types);
      if (const auto steps = quantised_steps(view)) return add_steps(node, *steps, outputs.front());
      room = find_room(view);
    }
    auto params = room ? std::move(*room) : opaque(node, cost, types);
    if (auto added = builder_.add_layer(node.name, node.op, std::move(params), inputs, outputs); !added)
      return tl::unexpected{std::move(added.error())};
    for (std::size_t i = 0; i < outputs.size(); ++i)
      if (!made[i].crosses) builder_.keep_in_place(outputs[i]);
    return {};
  }

  /// No cut goes through the steps of one node, of which the last has its name.
  Result<void> add_steps(const Node& node, const QuantisedSteps& steps, const std::string& output) {
    std::vector<std::string> reals;
    const auto add = [&](const std::string& name, const LayerParams& params,
                         const std::vector<std::string>& inputs) -> Result<void> {
      auto added = builder_.add_layer(name, node.op, params, inputs, {name});
      if (!added) return tl::unexpected{std::move(added.error())};
      builder_.keep_in_place(name);
      return {};
    };
    for (const auto& [input, cast] : steps.operands) {
      reals.push_back(operand_step(node.name, reals.size()));
      if (auto added = add(reals.back(), cast, {node.inputs[input]}); !added) return added;
    }
    const auto result = operation_step(node.name);
    if (auto added = add(result, steps.operation, reals); !added) return added;
    auto added = builder_.add_layer(node.name, node.op, steps.result, {result}, {output});
    return added ? Result<void>{} : tl::unexpected{std::move(added.error())};
  }

  [[nodiscard]] MappedNode mapped(const Node& node, const std::vector<std::string>& inputs,
                                  const std::vector<TensorType>& outputs) const {
    std::vector<const Fact*> facts;
    for (const auto& input : node.inputs) facts.push_back(input.empty() ? nullptr : fact_of(input));
    std::vector<TensorType> types;
    for (const auto& input : inputs) types.push_back(*builder_.find(input));
    std::vector<bool> made;
    for (const auto& output : node.outputs) made.push_back(!output.empty() && read_.contains(output));
    return {NodeView{node, file_.model.opset(node.domain), std::move(facts), {}, {}}, constants_,
            std::move(types), outputs, std::move(made)};
  }

  /// A room that makes just these types; nothing where there is none.
  [[nodiscard]] static std::optional<LayerParams> find_room(const MappedNode& node) {
    auto room = room_of(node);
    if (!room) return std::nullopt;
    const auto made = output_types(*room, node.inputs);
    return made && *made == node.outputs ? room : std::nullopt;
  }

  [[nodiscard]] static LayerParams opaque(const Node& node, const NodeCost& cost,
                                          const std::vector<TensorType>& outputs) {
    Opaque layer;
    layer.op = node.op;
    for (const auto& output : outputs) layer.outputs.push_back(print(output));
    layer.macs = cost.macs;
    layer.flops = cost.flops;
    // Of a table only the rows that are asked for are read.
    const auto type = layer_type(node, [](const std::string&) { return false; });
    if (type != "gather") layer.weight_bytes = static_cast<double>(cost.parameter_bytes);
    return layer;
  }

  Result<Net> finish() {
    std::vector<std::string> outputs;
    for (const auto& output : graph_.outputs)
      if (builder_.find(output.name) != nullptr && std::ranges::find(outputs, output.name) == outputs.end())
        outputs.push_back(output.name);
    if (outputs.empty())
      return bad_input("none of its outputs depends on an input, so that there is nothing to run");
    auto net = std::move(builder_).finish(outputs);
    if (!net) return net;
    net->file = file_.path;
    net->format = "onnx";
    net->warnings = std::move(file_.inferred.warnings);
    if (bounded_ > 0)
      net->warnings.push_back(
          fmt::format("sizes of {} depend on data; each counts with the most that it can have",
                      counted(bounded_, "tensor")));
    std::vector<std::string> unsized;
    for (const auto output : net->outputs)
      if (!net->tensors[output].crosses) unsized.push_back(net->tensors[output].name);
    if (!unsized.empty())
      net->warnings.push_back(
          fmt::format("how large {} will be depends on data and has no bound; sending it back is not counted",
                      fmt::join(unsized, ", ")));
    return net;
  }

  ModelFile& file_;
  const Graph& graph_;
  ModelConstants constants_;
  NetBuilder builder_;
  ReadCounts read_;
  std::size_t bounded_ = 0;
};

}  // namespace

Result<Net> net_of(ModelFile& file) {
  auto net = Mapping{file}.run();
  return net ? std::move(net) : failure_within(std::move(net), file.path);
}

}  // namespace ns::onnx
