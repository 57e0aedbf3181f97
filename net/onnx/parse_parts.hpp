/// Readers of the messages that several others hold. Each returns what it could read; whether all was well,
/// the wire knows.
#pragma once

#include "net/onnx/model.hpp"
#include "net/wire/wire.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns::onnx {

using wire::Fields;

/// What a whole file's reading adds up and warns of.
struct Parsing {
  explicit Parsing(wire::Source& source) : wire{source, "ONNX model"} {}

  wire::Wire wire;
  double elements = 0.0;      // of all tensors, so that sums of bytes stay far from 2^63
  bool negative_dim = false;  // in the type that is being read
  bool negative_dim_said = false;
  std::vector<std::string> warnings;
};

inline std::string read_text(Parsing& parsing, Range range) { return parsing.wire.text(range); }

/// Reads one more entry of a repeated field, unless there are too many.
template <class Item, class Read>
void append(Parsing& parsing, const Fields& field, std::vector<Item>& items, Read read) {
  if (field.is_sized() && parsing.wire.has_room(items, field.offset()))
    items.push_back(read(parsing, field.range()));
}

/// TensorProto.DataType; nothing for UNDEFINED and unknown numbers.
std::optional<DType> dtype_of(std::int64_t data_type);

TensorData read_tensor(Parsing& parsing, Range message);
/// SparseTensorProto: the name and element type of its values, the dims of the dense tensor, no elements.
TensorData read_sparse_initializer(Parsing& parsing, Range message);
/// Reads values, then indices, into `attribute.tensors`, and the dense dims.
void read_sparse_attribute(Parsing& parsing, Range message, Attribute& attribute);

DeclaredType read_type(Parsing& parsing, Range message);
ValueInfo read_value_info(Parsing& parsing, Range message);

Attribute read_attribute(Parsing& parsing, Range message);
Node read_node(Parsing& parsing, Range message);
Graph read_graph(Parsing& parsing, Range message);

}  // namespace ns::onnx
