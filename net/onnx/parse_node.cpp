// Reads what computes: attributes, nodes, graphs.
#include "net/onnx/parse_parts.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

using Type = Attribute::Type;

/// AttributeProto.AttributeType by number. Lists of sparse tensors and of types no operator takes.
constexpr std::array<Type, 15> attribute_types{Type::none,   Type::real,    Type::integer, Type::text,
                                               Type::tensor, Type::graph,   Type::reals,   Type::integers,
                                               Type::texts,  Type::tensors, Type::graphs,  Type::sparse,
                                               Type::none,   Type::type,    Type::none};

/// Longer texts (compiled programs that some runtimes keep in an attribute) stay in the file.
constexpr std::uint64_t max_text_bytes = std::uint64_t{1} << 16U;

std::string attribute_text(Parsing& parsing, Range range) {
  return range.size > max_text_bytes ? std::string{} : parsing.wire.content(range);
}

std::shared_ptr<const Graph> read_shared_graph(Parsing& parsing, Range range) {
  return std::make_shared<const Graph>(read_graph(parsing, range));
}

/// Reads one field of a value; the type that it speaks for, or none for other fields.
Type read_attribute_value(Parsing& parsing, Fields& field, Attribute& attribute) {
  switch (field.number()) {
    case 2:
      attribute.real = field.real();
      return Type::real;
    case 3:
      attribute.integer = field.integer();
      return Type::integer;
    case 4:
      attribute.text = attribute_text(parsing, field.range());
      return Type::text;
    case 5:
      attribute.tensors.assign(1, read_tensor(parsing, field.range()));
      return Type::tensor;
    case 6:
      attribute.graphs.assign(1, read_shared_graph(parsing, field.range()));
      return Type::graph;
    case 7:
      field.append_reals(attribute.reals, sizeof(float));
      return Type::reals;
    case 8:
      field.append_integers(attribute.integers);
      return Type::integers;
    case 9:
      append(parsing, field, attribute.texts, attribute_text);
      return Type::texts;
    case 10:
      append(parsing, field, attribute.tensors, read_tensor);
      return Type::tensors;
    case 11:
      append(parsing, field, attribute.graphs, read_shared_graph);
      return Type::graphs;
    case 14:
      attribute.declared = std::make_shared<const DeclaredType>(read_type(parsing, field.range()));
      return Type::type;
    case 22:
      read_sparse_attribute(parsing, field.range(), attribute);
      return Type::sparse;
    default:
      return Type::none;
  }
}

/// Whether rules may take the one value that the type promises; lists may be empty, numbers and texts have
/// defaults.
bool holds_value(const Attribute& attribute) {
  if (attribute.type == Type::tensor) return !attribute.tensors.empty();
  if (attribute.type == Type::sparse) return attribute.tensors.size() == 2;
  if (attribute.type == Type::graph) return attribute.graphs.size() == 1;
  return attribute.type != Type::type || attribute.declared != nullptr;
}

/// How many entries of the field stand in a row, from this one on.
std::size_t count_row(wire::Wire& source, Range message, const Fields& first) {
  const auto end = message.offset + message.size;
  std::size_t count = 0;
  for (Fields fields{source, {first.offset(), end - first.offset()}}; fields.next(); ++count)
    if (fields.number() != first.number()) break;
  return std::min(count, wire::max_count);
}

/// Nodes are many and large: a vector that doubles would touch twice the memory, which costs more than to
/// count first.
void append_node(Parsing& parsing, Range message, const Fields& field, std::vector<Node>& nodes) {
  constexpr std::size_t few = 64;
  if (nodes.size() == few && nodes.capacity() < 2 * few + 1)
    nodes.reserve(few + count_row(parsing.wire, message, field));
  append(parsing, field, nodes, read_node);
  if (!nodes.empty()) nodes.back().origin = static_cast<std::uint32_t>(nodes.size() - 1);
}

}  // namespace

Attribute read_attribute(Parsing& parsing, Range message) {
  Attribute attribute;
  attribute.message = message;
  Type seen = Type::none;
  for (Fields fields{parsing.wire, message}; fields.next();) {
    if (fields.number() == 1) {
      attribute.name = fields.text();
    } else if (fields.number() == 20) {
      const auto number = fields.integer();
      if (number > 0 && number < static_cast<std::int64_t>(attribute_types.size()))
        attribute.type = attribute_types[static_cast<std::size_t>(number)];
    } else if (fields.number() == 21) {
      attribute.reference = fields.text();
    } else if (const auto type = read_attribute_value(parsing, fields, attribute); type != Type::none) {
      seen = type;
    }
  }
  if (attribute.type == Type::none) attribute.type = seen;  // files before IR version 2 do not say it
  if (attribute.reference.empty() && !holds_value(attribute))
    parsing.wire.fail(message.offset,
                      fmt::format("attribute '{}' does not hold what its type says", attribute.name));
  return attribute;
}

Node read_node(Parsing& parsing, Range message) {
  Node node;
  node.message = message;
  for (Fields fields{parsing.wire, message}; fields.next();) {
    switch (fields.number()) {
      case 1:
        append(parsing, fields, node.inputs, read_text);
        break;
      case 2:
        append(parsing, fields, node.outputs, read_text);
        break;
      case 3:
        node.name = fields.text();
        break;
      case 4:
        node.op = fields.text();
        break;
      case 5:
        append(parsing, fields, node.attributes, read_attribute);
        break;
      case 7:
        node.domain = canonical_domain(fields.text());
        break;
      case 8:
        node.overload = fields.text();
        break;
      default:
        break;
    }
  }
  return node;
}

Graph read_graph(Parsing& parsing, Range message) {
  Graph graph;
  for (Fields fields{parsing.wire, message}; fields.next();) {
    switch (fields.number()) {
      case 1:
        append_node(parsing, message, fields, graph.nodes);
        break;
      case 2:
        graph.name = fields.text();
        break;
      case 5:
        append(parsing, fields, graph.initializers, read_tensor);
        break;
      case 11:
        append(parsing, fields, graph.inputs, read_value_info);
        break;
      case 12:
        append(parsing, fields, graph.outputs, read_value_info);
        break;
      case 13:
        append(parsing, fields, graph.value_infos, read_value_info);
        break;
      case 15:
        append(parsing, fields, graph.initializers, read_sparse_initializer);
        break;
      default:
        break;
    }
  }
  return graph;
}

}  // namespace ns::onnx
