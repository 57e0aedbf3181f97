/// What a rule sees of one node, and where it puts what follows.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "net/onnx/fact.hpp"
#include "net/onnx/model.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns::onnx {

/// Outputs of a subgraph's run, and the MACs of its nodes once.
struct BodyRun {
  std::vector<Fact> outputs;
  double macs = 0.0;
  double flops = 0.0;
  bool lower_bound = false;
};

class NodeView {
 public:
  /// Infers a subgraph with these inputs in the scope where the node stands; provided by the engine.
  using RunBody = std::function<Result<BodyRun>(const Graph& body, std::span<const Fact> inputs)>;
  /// Elements of a tensor that an attribute holds.
  using ReadTensor = std::function<Result<Value>(const TensorData& tensor)>;

  NodeView(const Node& node, std::int64_t opset, std::vector<const Fact*> inputs, std::span<Fact> outputs,
           RunBody run_body, ReadTensor read_tensor = {});

  [[nodiscard]] const Node& node() const { return node_; }
  [[nodiscard]] std::int64_t opset() const { return opset_; }  // of the node's domain

  [[nodiscard]] std::size_t inputs() const { return inputs_.size(); }
  [[nodiscard]] bool has(std::size_t i) const { return i < inputs_.size() && inputs_[i] != nullptr; }
  /// Of an input that is not there: a fact of which nothing is known.
  [[nodiscard]] const Fact& in(std::size_t i) const;
  [[nodiscard]] std::string_view input_name(std::size_t i) const;

  [[nodiscard]] std::size_t outputs() const { return outputs_.size(); }
  [[nodiscard]] bool wants(std::size_t i) const { return i < outputs_.size() && !node_.outputs[i].empty(); }
  /// Ignored where the node has no such output.
  void out(std::size_t i, Fact fact);
  /// Of an output that is not there: a fact of which nothing is known.
  [[nodiscard]] const Fact& made(std::size_t i) const {
    return i < outputs_.size() ? outputs_[i] : in(inputs_.size());
  }

  [[nodiscard]] const Attribute* attribute(std::string_view name) const;
  [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
  [[nodiscard]] double real(std::string_view name, double otherwise) const;
  [[nodiscard]] std::string_view text(std::string_view name, std::string_view otherwise) const;
  /// Empty where the attribute is not there.
  [[nodiscard]] std::span<const std::int64_t> integers(std::string_view name) const;
  [[nodiscard]] const Graph* graph(std::string_view name) const;

  /// Integers that newer opsets take as input `i` and older ones as an attribute: axes, sizes, pads. Nothing
  /// if neither is there; elements may be unknown.
  [[nodiscard]] std::optional<std::vector<Extent>> integers_or_input(std::string_view name,
                                                                     std::size_t i) const;

  /// `axis` counted from the front; bad_input naming the attribute if it is not in [-rank, rank).
  [[nodiscard]] Result<std::size_t> axis(std::int64_t axis, std::size_t rank) const;

  [[nodiscard]] Result<BodyRun> run(const Graph& body, std::span<const Fact> inputs) const {
    return run_body_(body, inputs);
  }

  /// Elements of an attribute's tensor; bad_input where there are none to be had.
  [[nodiscard]] Result<Value> read(const TensorData& tensor) const;

  /// Adds `times` runs of a body to what this node costs; nothing: how often is not known, once is counted.
  void spend(const BodyRun& run, std::optional<double> times);
  [[nodiscard]] const BodyRun& spent() const { return spent_; }

  /// An error of this node: "node 'Concat_12' (Concat): SENTENCE".
  [[nodiscard]] tl::unexpected<Error> fail(std::string_view sentence) const;

 private:
  const Node& node_;
  std::int64_t opset_;
  std::vector<const Fact*> inputs_;
  std::span<Fact> outputs_;
  RunBody run_body_;
  ReadTensor read_tensor_;
  BodyRun spent_;  // without outputs
};

}  // namespace ns::onnx
