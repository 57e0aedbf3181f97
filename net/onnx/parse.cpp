#include "net/onnx/parse.hpp"

#include "net/onnx/parse_parts.hpp"
#include "net/stranger.hpp"

#include <fmt/format.h>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace ns::onnx {
namespace {

/// The newest IR version whose messages are known here.
constexpr std::int64_t newest_ir_version = 14;

OpsetImport read_opset(Parsing& parsing, Range message) {
  OpsetImport opset;
  for (Fields fields{parsing.wire, message}; fields.next();) {
    if (fields.number() == 1) opset.domain = canonical_domain(fields.text());
    if (fields.number() == 2) opset.version = fields.integer();
  }
  return opset;
}

Function read_function(Parsing& parsing, Range message) {
  Function function;
  for (Fields fields{parsing.wire, message}; fields.next();) {
    switch (fields.number()) {
      case 1:
        function.name = fields.text();
        break;
      case 4:
        append(parsing, fields, function.inputs, read_text);
        break;
      case 5:
        append(parsing, fields, function.outputs, read_text);
        break;
      case 6:
        append(parsing, fields, function.attributes, read_text);
        break;
      case 7:
        append(parsing, fields, function.nodes, read_node);
        break;
      case 9:
        append(parsing, fields, function.opsets, read_opset);
        break;
      case 10:
        function.domain = canonical_domain(fields.text());
        break;
      case 11:
        append(parsing, fields, function.defaults, read_attribute);
        break;
      case 12:
        append(parsing, fields, function.value_infos, read_value_info);
        break;
      case 13:
        function.overload = fields.text();
        break;
      default:
        break;
    }
  }
  return function;
}

Model read_model(Parsing& parsing) {
  Model model;
  std::string version;
  for (Fields fields{parsing.wire, parsing.wire.whole()}; fields.next();) {
    switch (fields.number()) {
      case 1:
        model.ir_version = fields.integer();
        break;
      case 2:
        model.producer = fields.text();
        break;
      case 3:
        version = fields.text();
        break;
      case 7:
        if (fields.is_sized()) model.graph = read_graph(parsing, fields.range());
        break;
      case 8:
        append(parsing, fields, model.opsets, read_opset);
        break;
      case 25:
        append(parsing, fields, model.functions, read_function);
        break;
      default:
        break;
    }
  }
  if (!version.empty()) model.producer += (model.producer.empty() ? "" : " ") + version;
  return model;
}

/// Before IR version 4 every initializer had to be an input too; later ones may be, as defaults.
void drop_initialized_inputs(Graph& graph) {
  if (graph.inputs.empty() || graph.initializers.empty()) return;
  std::unordered_set<std::string_view> initialized;
  initialized.reserve(graph.initializers.size());
  for (const auto& tensor : graph.initializers) initialized.insert(tensor.name);
  std::erase_if(graph.inputs, [&](const ValueInfo& input) { return initialized.contains(input.name); });
}

void warn_of_versions(Model& model) {
  if (model.ir_version > newest_ir_version)
    model.warnings.push_back(fmt::format("IR version {} is newer than {}, the newest known here",
                                         model.ir_version, newest_ir_version));
  if (const auto opset = model.opset(""); opset > newest_opset)
    model.warnings.push_back(
        fmt::format("opset {} is newer than {}, the newest known here; operators are read as of that", opset,
                    newest_opset));
}

/// The sentence for a file that is no model; what the walk over it found, where nothing better is known.
Error no_model(Source& source, Error found) {
  if (source.size() == 0) return {Errc::bad_input, "the file is empty"};
  constexpr std::size_t looked_at = 512;
  const auto begin = source.window(0, looked_at).substr(0, looked_at);
  if (const auto sentence = stranger(begin); !sentence.empty())
    return {Errc::bad_input, std::string{sentence}};
  if (!is_binary(begin))
    return {Errc::bad_input, "is text, no ONNX model; name a Caffe prototxt .prototxt, a native text .txt"};
  return found;
}

}  // namespace

Result<Model> parse(Source& source) {
  Parsing parsing{source};
  auto model = read_model(parsing);
  if (parsing.wire.failed()) return tl::unexpected{no_model(source, parsing.wire.error())};
  if (model.graph.nodes.empty())
    return tl::unexpected{
        no_model(source, {Errc::bad_input,
                          "the model's graph is empty: it has no nodes; this is no ONNX model, or only its "
                          "beginning"})};
  drop_initialized_inputs(model.graph);
  model.warnings = std::move(parsing.warnings);
  warn_of_versions(model);
  return model;
}

}  // namespace ns::onnx
