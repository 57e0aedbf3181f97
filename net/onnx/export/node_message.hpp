/// Nodes of the flat graph as messages of ONNX (NodeProto).
#pragma once

#include "net/onnx/export/rope.hpp"
#include "net/onnx/export/weights.hpp"
#include "net/onnx/model.hpp"
#include "net/onnx/parse_parts.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ns::onnx {

class NodeMessages {
 public:
  /// Errors stand in the wire of `parsing`. Both outlive it.
  NodeMessages(Weights& weights, Parsing& parsing) : weights_{weights}, parsing_{parsing} {}

  /// A node that the file holds as it is, with its own name: its bytes, unless weights in it move.
  Rope copied(const Node& node);
  /// A node that a function's body, or nothing, holds: with the names that it has in the flat graph.
  Rope rewritten(const Node& node);
  /// A Cast of its first input to `dtype` in the place of `node`, which is a CastLike.
  Rope cast(const Node& node, DType dtype);
  /// A Constant in the place of `node`, which makes one tensor of int64.
  static Rope constant(const Node& node, const std::vector<std::int64_t>& dims,
                       const std::vector<std::int64_t>& values);

 private:
  Rope attribute(const Attribute& attribute);
  Rope graph(const Graph& graph);
  Rope value_info(const ValueInfo& info);

  Weights& weights_;
  Parsing& parsing_;
};

}  // namespace ns::onnx
