#include "net/onnx/export/node_message.hpp"

#include "net/onnx/export/file_parts.hpp"
#include "net/onnx/export/type_message.hpp"

#include <initializer_list>

namespace ns::onnx {
namespace {

using Type = Attribute::Type;

/// NodeProto's fields.
enum NodeField : std::uint32_t {
  node_input = 1,
  node_output = 2,
  node_name = 3,
  node_op = 4,
  node_attribute = 5
};

/// AttributeProto's fields.
enum AttributeField : std::uint32_t {
  attribute_name = 1,
  one_integer = 3,
  one_tensor = 5,
  one_graph = 6,
  many_tensors = 10,
  many_graphs = 11,
  attribute_type = 20,
  reference = 21,
  one_sparse = 22,
};

void add_ends(const Node& node, Rope& message) {
  for (const auto& input : node.inputs) message.field(node_input, input);
  for (const auto& output : node.outputs) message.field(node_output, output);
}

}  // namespace

Rope NodeMessages::copied(const Node& node) {
  Rope message;
  if (!has_external(node)) return message.copy(model_file, node.message);
  copy_fields(parsing_.wire, node.message, {node_attribute}, message);
  for (const auto& each : node.attributes) message.field(node_attribute, attribute(each));
  return message;
}

Rope NodeMessages::rewritten(const Node& node) {
  Rope message;
  add_ends(node, message);
  message.field(node_name, node.name);
  if (node.message.size > 0)
    copy_fields(parsing_.wire, node.message, {node_input, node_output, node_name, node_attribute}, message);
  else
    message.field(node_op, node.op);
  for (const auto& each : node.attributes) message.field(node_attribute, attribute(each));
  return message;
}

Rope NodeMessages::cast(const Node& node, DType dtype) {
  constexpr std::uint64_t type_integer = 2;
  Rope to;
  to.field(attribute_name, "to").integer(one_integer, data_type_of(dtype));
  to.integer(attribute_type, type_integer);
  Rope message;
  message.field(node_input, node.inputs.front()).field(node_output, node.outputs.front());
  message.field(node_name, node.name).field(node_op, "Cast");
  for (const auto& each : node.attributes) message.field(node_attribute, attribute(each));
  return message.field(node_attribute, to);
}

Rope NodeMessages::constant(const Node& node, const std::vector<std::int64_t>& dims,
                            const std::vector<std::int64_t>& values) {
  Rope tensor;
  for (const auto dim : dims) tensor.integer(1, static_cast<std::uint64_t>(dim));
  tensor.integer(2, data_type_of(DType::int64));
  for (const auto value : values) tensor.integer(7, static_cast<std::uint64_t>(value));
  constexpr std::uint64_t type_tensor = 4;
  Rope value;
  value.field(attribute_name, "value").field(one_tensor, tensor).integer(attribute_type, type_tensor);
  Rope message;
  for (const auto& output : node.outputs) message.field(node_output, output);
  return message.field(node_name, node.name).field(node_op, "Constant").field(node_attribute, value);
}

Rope NodeMessages::attribute(const Attribute& attribute) {
  Rope message;
  message.field(attribute_name, attribute.name);
  switch (attribute.type) {
    case Type::graph:
    case Type::graphs:
      copy_fields(parsing_.wire, attribute.message, {attribute_name, one_graph, many_graphs, reference},
                  message);
      for (const auto& each : attribute.graphs)
        message.field(attribute.type == Type::graph ? one_graph : many_graphs, graph(*each));
      break;
    case Type::tensor:
    case Type::tensors:
      copy_fields(parsing_.wire, attribute.message, {attribute_name, one_tensor, many_tensors, reference},
                  message);
      for (const auto& each : attribute.tensors)
        message.field(attribute.type == Type::tensor ? one_tensor : many_tensors, weights_.tensor(each));
      break;
    case Type::sparse:
      copy_fields(parsing_.wire, attribute.message, {attribute_name, one_sparse, reference}, message);
      for (Fields fields{parsing_.wire, attribute.message}; fields.next();)
        if (fields.number() == one_sparse) message.field(one_sparse, weights_.sparse_tensor(fields.range()));
      break;
    default:
      copy_fields(parsing_.wire, attribute.message, {attribute_name, reference}, message);
      break;
  }
  return message;
}

Rope NodeMessages::graph(const Graph& graph) {
  Rope message;
  for (const auto& node : graph.nodes) message.field(1, rewritten(node));
  message.field(2, graph.name);
  for (const auto& tensor : graph.initializers) {
    if (tensor.sparse)
      message.field(15, weights_.sparse_tensor(tensor.message, &tensor.name));
    else
      message.field(5, weights_.tensor(tensor, &tensor.name));
  }
  for (const auto& info : graph.inputs) message.field(11, value_info(info));
  for (const auto& info : graph.outputs) message.field(12, value_info(info));
  for (const auto& info : graph.value_infos) message.field(13, value_info(info));
  return message;
}

Rope NodeMessages::value_info(const ValueInfo& info) {
  Rope message;
  // In memory the symbols of a function's shapes are gone: in each call they mean something else.
  if (is_writable(info.type)) return message.add(value_info_message(info.name, info.type));
  message.field(1, info.name);
  copy_fields(parsing_.wire, info.message, {1}, message);
  return message;
}

}  // namespace ns::onnx
