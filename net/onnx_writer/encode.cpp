#include "net/onnx_writer/encode.hpp"

#include "net/onnx_writer/onnx_writer.hpp"

#include <iterator>
#include <protozero/pbf_writer.hpp>
#include <string_view>

namespace ns::onnx_writer {
namespace {

using protozero::pbf_writer;

// Field numbers of onnx.proto, message by message.
namespace model_field {
enum : std::uint32_t { ir_version = 1, producer_name = 2, producer_version = 3, graph = 7, opset_import = 8 };
}
namespace graph_field {
enum : std::uint32_t { node = 1, name = 2, initializer = 5, input = 11, output = 12, value_info = 13 };
}
namespace node_field {
enum : std::uint32_t { input = 1, output = 2, name = 3, op_type = 4, attribute = 5 };
}
namespace attribute_field {
enum : std::uint32_t { name = 1, f = 2, i = 3, ints = 8, type = 20 };
enum : std::int32_t { type_float = 1, type_int = 2, type_ints = 7 };
}  // namespace attribute_field
namespace tensor_field {
enum : std::uint32_t {
  dims = 1,
  data_type = 2,
  name = 8,
  raw_data = 9,
  external_data = 13,
  data_location = 14
};
}
enum : std::int32_t { element_float = 1, element_int64 = 7 };

/// A sized field's tag and length.
std::string head(std::uint32_t field, std::uint64_t size) {
  std::string bytes;
  const auto into = std::back_inserter(bytes);
  protozero::write_varint(into, std::uint64_t{field} << 3U | 2U);
  protozero::write_varint(into, size);
  return bytes;
}

struct ValueEncoder {
  pbf_writer& writer;

  void operator()(std::int64_t value) const {
    writer.add_int64(attribute_field::i, value);
    writer.add_enum(attribute_field::type, attribute_field::type_int);
  }
  void operator()(float value) const {
    writer.add_float(attribute_field::f, value);
    writer.add_enum(attribute_field::type, attribute_field::type_float);
  }
  void operator()(const std::vector<std::int64_t>& values) const {
    for (const auto value : values) writer.add_int64(attribute_field::ints, value);
    writer.add_enum(attribute_field::type, attribute_field::type_ints);
  }
};

std::string encode_node(const Node& node) {
  std::string bytes;
  pbf_writer writer{bytes};
  for (const auto& input : node.inputs) writer.add_string(node_field::input, input);
  for (const auto& output : node.outputs) writer.add_string(node_field::output, output);
  writer.add_string(node_field::name, node.name);
  writer.add_string(node_field::op_type, node.op);
  for (const auto& attribute : node.attributes) {
    pbf_writer inner{writer, node_field::attribute};
    inner.add_string(attribute_field::name, attribute.name);
    std::visit(ValueEncoder{inner}, attribute.value);
  }
  return bytes;
}

std::string as_field(std::uint32_t field, const std::string& message) {
  return head(field, message.size()) + message;
}

/// ValueInfoProto of a float32 tensor of known shape. A scalar's shape is an empty message, which must be
/// there.
std::string encode_value(const Tensor& tensor) {
  std::string shape;
  for (const auto extent : tensor.type.shape.extents()) {
    std::string dim;
    pbf_writer{dim}.add_int64(1, extent);
    shape += as_field(1, dim);
  }
  std::string tensor_type;
  pbf_writer{tensor_type}.add_enum(1, element_float);
  tensor_type += as_field(2, shape);
  std::string bytes;
  pbf_writer{bytes}.add_string(1, tensor.name);
  return bytes + as_field(2, as_field(1, tensor_type));
}

void add_entry(pbf_writer& tensor, std::string_view key, const std::string& value) {
  pbf_writer entry{tensor, tensor_field::external_data};
  entry.add_string(1, key.data(), key.size());
  entry.add_string(2, value);
}

/// TensorProto up to the bytes of its raw_data, as a field of the graph.
std::string encode_initializer(const Initializer& initializer, const std::optional<External>& external) {
  const bool is_integer = std::holds_alternative<std::vector<std::int64_t>>(initializer.values);
  std::string bytes;
  pbf_writer writer{bytes};
  for (const auto dim : initializer.dims) writer.add_int64(tensor_field::dims, dim);
  writer.add_enum(tensor_field::data_type, is_integer ? element_int64 : element_float);
  writer.add_string(tensor_field::name, initializer.name);
  if (external) {
    add_entry(writer, "location", external->location);
    add_entry(writer, "offset", std::to_string(external->offset));
    add_entry(writer, "length", std::to_string(initializer.bytes()));
    writer.add_enum(tensor_field::data_location, 1);
  } else {
    bytes += head(tensor_field::raw_data, initializer.bytes());
  }
  const auto size = bytes.size() + (external ? 0 : initializer.bytes());
  return head(graph_field::initializer, size) + bytes;
}

std::vector<Piece> encode_graph(const Net& net, const Graph& graph,
                                const std::vector<std::optional<External>>& external) {
  std::vector<Piece> pieces(1);
  auto& begin = pieces.front().bytes;
  begin += as_field(graph_field::name, graph.name);
  for (const auto& node : graph.nodes) begin += as_field(graph_field::node, encode_node(node));
  const auto add_values = [&](std::uint32_t field, const std::vector<TensorId>& tensors) {
    for (const auto id : tensors) begin += as_field(field, encode_value(net.tensors[id]));
  };
  add_values(graph_field::input, graph.inputs);
  add_values(graph_field::output, graph.outputs);
  add_values(graph_field::value_info, graph.inner);
  for (std::size_t i = 0; i < graph.initializers.size(); ++i) {
    const auto& initializer = graph.initializers[i];
    pieces.push_back({encode_initializer(initializer, external[i]), external[i] ? nullptr : &initializer});
  }
  return pieces;
}

}  // namespace

std::vector<Piece> encode_model(const Net& net, const Graph& graph,
                                const std::vector<std::optional<External>>& external) {
  auto pieces = encode_graph(net, graph, external);
  std::uint64_t size = 0;
  for (const auto& piece : pieces)
    size += piece.bytes.size() + (piece.values != nullptr ? piece.values->bytes() : 0);
  std::string begin;
  pbf_writer writer{begin};
  writer.add_int64(model_field::ir_version, ir_version);
  writer.add_string(model_field::producer_name, "neurosurgeon");
  writer.add_string(model_field::producer_version, NS_VERSION);
  {
    pbf_writer import{writer, model_field::opset_import};
    import.add_string(1, "");
    import.add_int64(2, opset);
  }
  begin += head(model_field::graph, size);
  pieces.insert(pieces.begin(), {std::move(begin), nullptr});
  return pieces;
}

}  // namespace ns::onnx_writer
