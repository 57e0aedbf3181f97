/// Runs rules over graphs, node by node.
#pragma once

#include "net/onnx/bindings.hpp"
#include "net/onnx/contents.hpp"
#include "net/onnx/infer.hpp"
#include "net/onnx/rules.hpp"
#include "net/onnx/scope.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace ns::onnx {

class Engine {
 public:
  /// All of these outlive it.
  Engine(const Model& model, const Contents& contents, const Sizes& sizes,
         std::vector<std::string>& warnings);

  /// Constants of the graph: known before any input is there.
  void add_initializers(const Graph& graph, Scope& scope);

  /// Infers the outputs of `node` into the scope.
  Result<NodeCost> run(const Node& node, Scope& scope);

  /// The warnings that stand for many nodes: operators that nobody knows, and contradictions too many to be
  /// told one by one.
  void finish();

 private:
  struct Inputs;
  /// An operator without a rule.
  struct Unknown {
    std::string first;            // node
    std::set<const Node*> nodes;  // those in bodies run more than once
    bool imported = false;
  };

  Result<BodyRun> run_body(const Graph& body, std::span<const Fact> inputs, const Scope& outer);
  Inputs inputs_of(const Node& node, const Scope& scope);
  void read_values(const Node& node, Inputs& inputs);
  void read(Unread& unread, Fact& fact);
  void settle(const Node& node, const OpRule* rule, const Inputs& inputs, std::span<Fact> outputs);
  void bound(const OpRule& rule, const NodeView& node, const Inputs& inputs, std::span<Fact> outputs);
  void hold_against_declared(const Node& node, const Scope& scope, std::span<Fact> outputs);
  void forget_too_much(std::span<Fact> outputs);
  void add_unknown(const Node& node);
  std::int64_t opset_of(const std::string& domain);

  const Model& model_;
  const Contents& contents_;
  const Sizes& sizes_;
  std::vector<std::string>& warnings_;
  std::unordered_map<std::string, std::int64_t> opsets_;
  std::size_t contradictions_ = 0;
  std::map<std::string, Unknown> unknown_;  // by operator
  std::size_t body_nodes_ = 0;              // inferred so far, over all runs of bodies
  std::size_t known_elements_ = 0;          // of values and sequences of the scopes that are there
  std::size_t made_elements_ = 0;           // of all nodes, bodies run again included
  bool forgot_ = false;
};

}  // namespace ns::onnx
