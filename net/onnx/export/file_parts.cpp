#include "net/onnx/export/file_parts.hpp"

#include <algorithm>

namespace ns::onnx {

using wire::Fields;
using wire::Wire;

namespace {

/// A message whose field 1 is its name.
NamedPart named(Wire& wire, Range message) {
  NamedPart part{{}, message};
  for (Fields fields{wire, message}; fields.next();)
    if (fields.number() == 1) part.name = fields.text();
  return part;
}

void find_graph_parts(Wire& wire, Range message, FileParts& parts) {
  for (Fields fields{wire, message}; fields.next();) {
    switch (fields.is_sized() ? fields.number() : 0) {
      case 1:
        parts.nodes.push_back(fields.range());
        break;
      case 5:   // initializers, whose places the Graph knows
      case 12:  // outputs likewise
      case 15:
        break;
      case 11:
        parts.inputs.push_back(named(wire, fields.range()));
        break;
      case 13:
        parts.value_infos.push_back(named(wire, fields.range()));
        break;
      case 14:
        parts.annotations.push_back(named(wire, fields.range()));
        break;
      default:
        parts.graph_fields.push_back(fields.whole());
        break;
    }
  }
}

}  // namespace

Result<FileParts> find_parts(wire::Source& source) {
  Wire wire{source, "ONNX model"};
  FileParts parts;
  Range graph;
  for (Fields fields{wire, wire.whole()}; fields.next();) {
    switch (fields.is_sized() ? fields.number() : 0) {
      case 7:
        graph = fields.range();  // of several the last holds, as for parse()
        break;
      case 8:
        parts.domains.emplace_back(canonical_domain(named(wire, fields.range()).name));
        parts.model_fields.push_back(fields.whole());
        break;
      case 20:
        parts.has_training = true;
        break;
      case 25:
        parts.functions.push_back(fields.range());
        break;
      default:
        parts.model_fields.push_back(fields.whole());
        break;
    }
  }
  find_graph_parts(wire, graph, parts);
  if (wire.failed()) return tl::unexpected{wire.error()};
  return parts;
}

void copy_fields(Wire& wire, Range message, std::initializer_list<std::uint32_t> without, Rope& into) {
  for (Fields fields{wire, message}; fields.next();)
    if (std::ranges::find(without, fields.number()) == without.end()) into.copy(model_file, fields.whole());
}

}  // namespace ns::onnx
