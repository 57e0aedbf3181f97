#include "net/onnx/export/half_content.hpp"

#include "net/onnx/decode.hpp"
#include "net/onnx/export/node_message.hpp"
#include "net/onnx/export/type_message.hpp"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

namespace ns::onnx {
namespace {

/// GraphProto's fields.
enum GraphField : std::uint32_t {
  graph_node = 1,
  graph_initializer = 5,
  graph_input = 11,
  graph_output = 12,
  graph_value_info = 13,
  graph_annotation = 14,
  graph_sparse_initializer = 15,
};

class Assembly {
 public:
  Assembly(const Whole& whole, const Half& half, ExternalFiles& files, std::optional<std::string> beside)
      : whole_{whole},
        half_{half},
        parsing_{whole.source},
        weights_{files, parsing_, std::move(beside)},
        nodes_{weights_, parsing_},
        initializers_{half.initializers} {}

  Result<HalfContent> run();

 private:
  Rope graph();
  void add_nodes(Rope& graph);
  void add_initializers(Rope& graph);
  void add_inputs(Rope& graph);
  void add_outputs(Rope& graph);
  void add_annotations(Rope& graph);
  void add_value_infos(Rope& graph);
  void add_model_fields(Rope& model);
  void find_names();
  void add_parameters(Range annotation);
  Rope node(std::size_t index);

  const Whole& whole_;
  const Half& half_;
  Parsing parsing_;
  Weights weights_;
  NodeMessages nodes_;
  std::set<std::size_t> initializers_;
  std::set<std::size_t> functions_;              // called by the half
  bool rewrites_ = false;                        // nodes of functions
  std::unordered_set<std::string_view> inside_;  // tensors that the half makes or holds
  std::unordered_set<std::string_view> ends_;    // its inputs and outputs
};

Rope Assembly::node(std::size_t index) {
  const auto& node = whole_.model.graph.nodes[index];
  if (half_.forms[index] == Form::value) {
    const auto& fact = whole_.inferred.facts.at(node.outputs[0]);
    std::vector<std::int64_t> dims;
    for (const auto& dim : *fact.dims) dims.push_back(dim.value());
    return NodeMessages::constant(node, dims, *numbers_of(fact));
  }
  if (half_.forms[index] == Form::cast) {
    rewrites_ = rewrites_ || !is_verbatim(node, whole_.parts);
    return nodes_.cast(node, *whole_.inferred.facts.at(node.outputs[0]).dtype);
  }
  const bool is_call = half_.forms[index] == Form::call;
  if (is_call || is_verbatim(node, whole_.parts)) {
    const auto& called = whole_.calls.functions[node.origin];
    functions_.insert(called.begin(), called.end());
  }
  if (is_call) return Rope{}.copy(model_file, whole_.parts.nodes[node.origin]);
  if (is_verbatim(node, whole_.parts)) return nodes_.copied(node);
  rewrites_ = true;
  return nodes_.rewritten(node);
}

void Assembly::add_nodes(Rope& graph) {
  for (std::size_t i = 0; i < half_.forms.size(); ++i)
    if (half_.forms[i] != Form::none && half_.forms[i] != Form::inner) graph.field(graph_node, node(i));
}

void Assembly::find_names() {
  const auto& graph = whole_.model.graph;
  for (std::size_t i = 0; i < half_.forms.size(); ++i)
    if (half_.forms[i] != Form::none)
      for (const auto& output : graph.nodes[i].outputs) inside_.insert(output);
  for (const auto i : half_.inputs) ends_.insert(graph.inputs[i].name);
  for (const auto i : half_.outputs) ends_.insert(graph.outputs[i].name);
  ends_.insert(half_.received.begin(), half_.received.end());
  ends_.insert(half_.sent.begin(), half_.sent.end());
}

void Assembly::add_initializers(Rope& graph) {
  for (const auto i : initializers_) {
    const auto& tensor = whole_.model.graph.initializers[i];
    if (tensor.sparse)
      graph.field(graph_sparse_initializer, weights_.sparse_tensor(tensor.message));
    else
      graph.field(graph_initializer, weights_.tensor(tensor));
  }
}

void Assembly::add_inputs(Rope& graph) {
  // Initializers may be inputs too (up to IR version 3 they must), which the Graph leaves out.
  std::unordered_set<std::string_view> wanted;
  for (const auto i : half_.inputs) wanted.insert(whole_.model.graph.inputs[i].name);
  for (const auto i : initializers_) wanted.insert(whole_.model.graph.initializers[i].name);
  for (const auto& part : whole_.parts.inputs)
    if (wanted.contains(part.name)) graph.field(graph_input, model_file, part.message);
  for (const auto name : half_.received)
    graph.field(graph_input, value_info_message(name, whole_.crossing_types.at(name)));
}

void Assembly::add_outputs(Rope& graph) {
  for (const auto i : half_.outputs)
    graph.field(graph_output, model_file, whole_.model.graph.outputs[i].message);
  for (const auto name : half_.sent)
    graph.field(graph_output, value_info_message(name, whole_.crossing_types.at(name)));
}

/// Initializers that hold scale or zero point of an annotated tensor, which no node may read.
void Assembly::add_parameters(Range annotation) {
  const auto& initializers = whole_.model.graph.initializers;
  for (Fields fields{parsing_.wire, annotation}; fields.next();) {
    if (fields.number() != 2) continue;
    for (Fields entry{parsing_.wire, fields.range()}; entry.next();) {
      if (entry.number() != 2) continue;
      const auto found = std::ranges::find(initializers, entry.text(), &TensorData::name);
      if (found != initializers.end())
        initializers_.insert(static_cast<std::size_t>(found - initializers.begin()));
    }
  }
}

void Assembly::add_annotations(Rope& graph) {
  std::unordered_set<std::string_view> weights;
  for (const auto i : half_.initializers) weights.insert(whole_.model.graph.initializers[i].name);
  for (const auto& part : whole_.parts.annotations) {
    if (!inside_.contains(part.name) && !ends_.contains(part.name) && !weights.contains(part.name)) continue;
    graph.field(graph_annotation, model_file, part.message);
    add_parameters(part.message);
  }
}

void Assembly::add_value_infos(Rope& graph) {
  for (const auto i : initializers_) inside_.insert(whole_.model.graph.initializers[i].name);
  for (const auto& part : whole_.parts.value_infos)
    if (inside_.contains(part.name) && !ends_.contains(part.name))
      graph.field(graph_value_info, model_file, part.message);
}

Rope Assembly::graph() {
  find_names();
  Rope graph;
  add_nodes(graph);
  for (const auto range : whole_.parts.graph_fields) graph.copy(model_file, range);
  add_annotations(graph);
  add_initializers(graph);
  add_inputs(graph);
  add_outputs(graph);
  add_value_infos(graph);
  return graph;
}

void Assembly::add_model_fields(Rope& model) {
  for (const auto range : whole_.parts.model_fields) model.copy(model_file, range);
  if (!rewrites_) return;
  // What a function imports for its body, the model must import for nodes that stand in place of a call.
  for (const auto& opset : whole_.model.opsets) {
    const auto imports = [&](const Function& function) {
      return std::ranges::find(function.opsets, opset.domain, &OpsetImport::domain) != function.opsets.end();
    };
    if (std::ranges::find(whole_.parts.domains, opset.domain) != whole_.parts.domains.end()) continue;
    if (std::ranges::none_of(whole_.model.functions, imports)) continue;
    Rope message;
    message.field(1, opset.domain).integer(2, static_cast<std::uint64_t>(opset.version));
    model.field(8, message);
  }
}

Result<HalfContent> Assembly::run() {
  const auto content = graph();
  HalfContent half;
  add_model_fields(half.model);
  half.model.field(7, content);
  for (const auto i : functions_) half.model.field(25, model_file, whole_.parts.functions[i]);
  if (parsing_.wire.failed()) return tl::unexpected{parsing_.wire.error()};
  half.data = weights_.data();
  return half;
}

void add_bytes(const TensorData& tensor, WeightBytes& bytes) {
  const auto& storage = tensor.storage;
  if (storage.place != Storage::Place::external) {
    bytes.inside += tensor.message.size;
    return;
  }
  std::size_t count = 1;
  for (const auto dim : tensor.dims) count *= static_cast<std::size_t>(dim);  // below 2^50, see parse()
  const bool has_bits = tensor.dtype && element_bits(*tensor.dtype) > 0;
  bytes.outside += storage.has_size || !has_bits ? storage.range.size : packed_bytes(*tensor.dtype, count);
}

void add_bytes(const Node& node, WeightBytes& bytes) {
  for (const auto& attribute : node.attributes) {
    for (const auto& tensor : attribute.tensors) add_bytes(tensor, bytes);
    for (const auto& graph : attribute.graphs) {
      for (const auto& tensor : graph->initializers) add_bytes(tensor, bytes);
      for (const auto& inner : graph->nodes) add_bytes(inner, bytes);
    }
  }
}

}  // namespace

Result<HalfContent> half_content(const Whole& whole, const Half& half, ExternalFiles& files,
                                 std::optional<std::string> beside) {
  return Assembly{whole, half, files, std::move(beside)}.run();
}

WeightBytes weight_bytes(const Model& model, const Half& half) {
  WeightBytes bytes;
  for (const auto i : half.initializers) add_bytes(model.graph.initializers[i], bytes);
  for (std::size_t i = 0; i < half.forms.size(); ++i)
    if (half.forms[i] != Form::none) add_bytes(model.graph.nodes[i], bytes);
  return bytes;
}

}  // namespace ns::onnx
