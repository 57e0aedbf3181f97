/// An ONNX model as its file says it (onnx.proto of ONNX 1.22, IR version 14): structure and small values;
/// large tensors stay in the file and are known by their place in it.
#pragma once

#include "core/dtype.hpp"
#include "net/wire/range.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns::onnx {

using wire::Range;

/// Where a tensor's elements are.
struct Storage {
  enum class Place : std::uint8_t {
    none,      // the file has dims and no elements (stripped weights)
    raw,       // raw_data: little-endian, packed
    typed,     // float_data, int32_data, ... of the message at `range`
    external,  // in the file `location`, beside the model
  };
  Place place = Place::none;
  Range range;           // raw: of the elements; typed: of the TensorProto; external: offset (and size, if
                         // has_size) in that file
  bool has_size = true;  // external data may leave the length out
  std::string location;  // relative, as the file says it
};

struct TensorData {
  std::string name;
  std::optional<DType> dtype;  // none: UNDEFINED or a number that this version does not know
  std::vector<std::int64_t> dims;
  Storage storage;
  Range message;        // of the whole TensorProto (SparseTensorProto), for the exporter
  bool sparse = false;  // an initializer of SparseTensorProto
};

/// A dimension that a file declares: a number, a symbol ("" where neither is given, or -1).
struct DeclaredDim {
  std::optional<std::int64_t> value;
  std::string symbol;
};

enum class Kind : std::uint8_t { tensor, sparse, sequence, optional, map, opaque };

/// TypeProto.
struct DeclaredType {
  Kind kind = Kind::tensor;
  std::optional<DType> dtype;                    // of a tensor's elements, a map's values
  std::optional<std::vector<DeclaredDim>> dims;  // none: the rank is not declared
  std::shared_ptr<const DeclaredType> element;   // of a sequence, optional, or a map's values
};

struct ValueInfo {
  std::string name;
  DeclaredType type;
  Range message;
};

struct Graph;

/// AttributeProto.
struct Attribute {
  enum class Type : std::uint8_t {
    none,
    real,
    integer,
    text,
    tensor,
    graph,
    reals,
    integers,
    texts,
    tensors,
    graphs,
    sparse,
    type
  };
  std::string name;
  Type type = Type::none;
  std::string reference;  // ref_attr_name: the attribute of the function that stands in for it
  double real = 0.0;
  std::int64_t integer = 0;
  std::string text;
  std::vector<double> reals;
  std::vector<std::int64_t> integers;
  std::vector<std::string> texts;
  std::vector<TensorData> tensors;  // one for `tensor`; for `sparse` values, then indices
  std::vector<std::int64_t> sparse_dims;
  std::vector<std::shared_ptr<const Graph>> graphs;  // one for `graph`
  std::shared_ptr<const DeclaredType> declared;
  Range message;  // of the AttributeProto that holds the value, for the exporter
};

struct Node {
  std::string name;  // in a Net unique and never empty (unique_names); in the file anything
  std::string op;
  std::string domain;  // "" for "ai.onnx" too
  std::string overload;
  std::vector<std::string> inputs;  // "" where an optional one is left out
  std::vector<std::string> outputs;
  std::vector<Attribute> attributes;
  Range message;  // of the NodeProto, for the exporter; empty where the file has none
  std::uint32_t origin =
      0;  // index in the file's graph of itself, or of the function call that it is part of
};

/// "node 'block_1' (local.block)", by its first output if it has no name.
std::string title(const Node& node);

struct Graph {
  std::string name;
  std::vector<Node> nodes;
  std::vector<TensorData> initializers;  // sparse ones with the dims of the dense tensor
  std::vector<ValueInfo> inputs;         // without those that are initializers too
  std::vector<ValueInfo> outputs;
  std::vector<ValueInfo> value_infos;
};

struct OpsetImport {
  std::string domain;
  std::int64_t version = 0;
};

struct Function {
  std::string domain;
  std::string name;
  std::string overload;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<std::string> attributes;  // required ones
  std::vector<Attribute> defaults;      // attribute_proto
  std::vector<Node> nodes;
  std::vector<OpsetImport> opsets;
  std::vector<ValueInfo> value_infos;
};

struct Model {
  std::int64_t ir_version = 0;
  std::string producer;  // "pytorch 2.3.0"
  std::vector<OpsetImport> opsets;
  Graph graph;
  std::vector<Function> functions;
  std::vector<std::string> warnings;

  /// Of a domain; 0 if it is not imported.
  [[nodiscard]] std::int64_t opset(std::string_view domain) const;
};

/// The tensor that a Constant node holds; null for its other forms and for other nodes.
const TensorData* held_tensor(const Node& node);

/// The newest opset of ai.onnx that the rules know; newer ones are read with a warning.
inline constexpr std::int64_t newest_opset = 27;

/// "" for both names of the standard's domain.
std::string_view canonical_domain(std::string_view domain);

}  // namespace ns::onnx
