/// Runs the nodes of an ONNX model one by one with the reference's loops, whatever shapes their data takes:
/// constants, operators without a layer type, and what depends on data.
#pragma once

#include "core/error.hpp"
#include "net/onnx/onnx.hpp"
#include "net/onnx/tensor_reader.hpp"
#include "runtime/interpreter/datum.hpp"
#include "runtime/interpreter/values.hpp"

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
  /// asked for. bad_input for a name that is nobody's or weights that the file lacks; unsupported where an
  /// operator on the way is.
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
  [[nodiscard]] onnx::TensorReader& reader() { return reader_; }
  [[nodiscard]] std::int64_t opset(const std::string& domain) const;

 private:
  Result<void> run_all(const std::vector<onnx::Node>& nodes, Values& scope);
  Result<const Datum*> find(const std::string& name, const Values& scope);
  /// Null for a constant that is to be computed first, and for what is none.
  Result<const Datum*> held(const std::string& name);
  /// Keeps the outputs of `node`, of which one is `name`.
  Result<void> compute(const onnx::Node& node, const std::string& name);

  onnx::ModelFile& file_;
  onnx::TensorReader reader_;
  std::unordered_map<std::string_view, const onnx::TensorData*> stored_;
  std::unordered_map<std::string_view, const onnx::Node*> producers_;  // of constants that are computed
  std::unordered_map<std::string, Datum> constants_;
};

}  // namespace ns
