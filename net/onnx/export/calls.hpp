/// The calls of functions in a model's file, of which the flat graph holds the bodies.
#pragma once

#include "core/error.hpp"
#include "net/onnx/export/file_parts.hpp"
#include "net/onnx/model.hpp"
#include "net/wire/source.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ns::onnx {

using wire::Source;

/// A call of the main graph whose body stands in one piece, so that the call itself can stand for it.
struct FunctionCall {
  std::size_t begin = 0;           // of its nodes in the flat graph
  std::size_t end = 0;             // behind them
  std::vector<std::string> reads;  // all that the call as it stands in the file names
};

struct Calls {
  std::map<std::size_t, FunctionCall> by_first;  // node
  std::vector<std::size_t> first_of;             // by node: the first of its call, or its own index

  std::map<std::size_t, std::string> names;  // of calls, by index of the file's node

  /// Functions of the model that a node of the file calls itself, in its subgraphs, or by what these call.
  std::vector<std::set<std::size_t>> functions;  // by index of the file's node

  [[nodiscard]] const FunctionCall* call_at(std::size_t node) const;
};

/// Of a flat model. Whether a flat node is in the file as it is, `parts` tell: its message is there then.
Result<Calls> find_calls(const Model& model, const FileParts& parts, wire::Source& source);

/// Whether the node is in the file's main graph as it stands in the flat one.
bool is_verbatim(const Node& node, const FileParts& parts);

}  // namespace ns::onnx
