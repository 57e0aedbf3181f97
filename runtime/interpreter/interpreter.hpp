/// Runs the nodes of an ONNX model one by one with the reference's loops, whatever shapes their data takes:
/// constants, operators without a layer type, and what depends on data.
#pragma once

#include "core/error.hpp"
#include "net/onnx/onnx.hpp"
#include "net/onnx/tensor_reader.hpp"
#include "runtime/interpreter/datum.hpp"
#include "runtime/interpreter/values.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ns {

class Interpreter {
 public:
  /// `file` outlives it.
  explicit Interpreter(onnx::ModelFile& file);
  Interpreter(const Interpreter&) = delete;
  Interpreter& operator=(const Interpreter&) = delete;

  /// A value that is known before any input is there: stored, or computed from what is. Kept once it was
  /// asked for, while large ones on the way are let go when the last node that reads them has. bad_input for
  /// a name that is nobody's or weights that the file lacks; unsupported where an operator on the way is.
  Result<const Datum*> constant(const std::string& name);
  /// Lets go of the values that constant() keeps.
  void forget() { constants_.clear(); }

  /// The outputs of `node`, in its order. `inputs` in its order, null where one is left out; `scope` holds
  /// what its subgraphs read. unsupported, naming the node, for an operator that is not computed here.
  Result<std::vector<Datum>> run(const onnx::Node& node, std::span<const Datum* const> inputs,
                                 const Values& scope);

  /// The outputs of a subgraph, in its order, where `inputs` are its inputs.
  Result<std::vector<Datum>> run(const onnx::Graph& body, std::vector<Datum> inputs, const Values& scope);

  /// Elements that an attribute holds.
  Result<Array> read(const onnx::TensorData& tensor) { return reader_.read(tensor); }
  /// The main graph's tensor or the node that holds a constant as it is; null for one that is computed.
  [[nodiscard]] const onnx::TensorData* stored(const std::string& name) const;
  /// The main graph's node that makes it; null for what none does.
  [[nodiscard]] const onnx::Node* producer(const std::string& name) const;
  /// What inference knows of the main graph's tensor, where that is all of its type.
  [[nodiscard]] std::optional<TensorType> type_of(const std::string& name) const;
  /// A tensor without elements for an input of which `node` takes shape or element type alone, which
  /// inference knows; nothing for any other.
  [[nodiscard]] std::optional<Datum> stand_in(const onnx::Node& node, std::size_t input) const;
  [[nodiscard]] onnx::TensorReader& reader() { return reader_; }
  [[nodiscard]] std::int64_t opset(const std::string& domain) const;

 private:
  Result<void> run_all(const std::vector<onnx::Node>& nodes, Values& scope);
  Result<const Datum*> find(const std::string& name, const Values& scope);
  /// Null for a constant that is to be computed first, and for what is none.
  Result<const Datum*> held(const std::string& name);
  /// Whether held() is not null, without reading it.
  [[nodiscard]] bool is_at_hand(const std::string& name) const;
  /// The nodes that have to run before the constant is there, in their order.
  [[nodiscard]] Result<std::vector<const onnx::Node*>> nodes_for(const std::string& name) const;
  /// Names of the main graph whose elements a node and its subgraphs read.
  [[nodiscard]] std::vector<std::string> reads(const onnx::Node& node) const;
  /// Keeps the outputs of `node`.
  Result<void> compute(const onnx::Node& node);

  onnx::ModelFile& file_;
  onnx::TensorReader reader_;
  std::unordered_map<std::string_view, const onnx::TensorData*> stored_;
  std::unordered_map<std::string_view, const onnx::Node*> producers_;  // of constants that are computed
  std::unordered_map<std::string, Datum> constants_;
};

}  // namespace ns
