/// Operators that no layer type describes, computed on values as the ONNX specification says
/// (https://onnx.ai/onnx/operators/).
#pragma once

#include "core/array.hpp"
#include "core/error.hpp"
#include "net/onnx/node_view.hpp"
#include "runtime/interpreter/datum.hpp"
#include "runtime/interpreter/values.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace ns {

class Interpreter;

/// One node with the values that it reads.
struct OperatorCall {
  const onnx::NodeView& view;            // its attributes, and facts of what it reads
  std::span<const Datum* const> inputs;  // null where one is left out
  std::span<const onnx::Fact> outputs;   // what its rule says of the outputs
  Interpreter& interpreter;
  const Values& scope;

  [[nodiscard]] bool has(std::size_t i) const { return i < inputs.size() && inputs[i] != nullptr; }
  /// Precondition: has(i), and it is a tensor.
  [[nodiscard]] const Array& in(std::size_t i) const { return inputs[i]->array; }
  /// The only element of input `i`; `otherwise` where it is left out.
  [[nodiscard]] double number(std::size_t i, double otherwise) const {
    return has(i) && !in(i).values.empty() ? in(i).values.front() : otherwise;
  }
  /// The same as a whole number, within 64 bits.
  [[nodiscard]] std::int64_t integer(std::size_t i, std::int64_t otherwise) const {
    return has(i) && !in(i).values.empty() ? integer_of(in(i).values.front()) : otherwise;
  }
  /// An output of the type that its rule gives it, of zeros.
  [[nodiscard]] Result<Array> blank(std::size_t i) const;
  [[nodiscard]] tl::unexpected<Error> fail(std::string_view sentence) const { return view.fail(sentence); }
};

/// What a node makes, in its order; moved, where a list in braces would be copied.
template <class... Each>
std::vector<Datum> outputs_of(Each&&... each) {
  std::vector<Datum> outputs;
  outputs.reserve(sizeof...(each));
  (outputs.emplace_back(std::forward<Each>(each)), ...);
  return outputs;
}

/// A row of an operator that layer types describe in its usual forms serves the others.
struct Operator {
  std::string_view domain;
  std::string_view op;
  std::size_t tensors;  // how many inputs it needs at least; each that is there a tensor, unless it is 0
  Result<std::vector<Datum>> (*run)(const OperatorCall& call);  // may make more than the node asks for
};

/// The row of an operator; null for one that is not computed here.
const Operator* find_operator(std::string_view domain, std::string_view op);

/// Families of rows, one file each below operators/.
std::span<const Operator> control_operators();       // if, loop, scan
std::span<const Operator> sequence_operators();      // sequences and optional values
std::span<const Operator> creation_operators();      // constant, shape, range, eye, one-hot
std::span<const Operator> selection_operators();     // non-zero, top-k, unique, compress, nms, running sums
std::span<const Operator> quantisation_operators();  // (de)quantize, qlinear, integer products
std::span<const Operator> attention_operators();     // attention with masks, caches and subgraphs
std::span<const Operator> recurrence_operators();    // linear attention, causal convolution, rotary embedding
std::span<const Operator> recurrent_operators();     // rnn, gru, lstm in the forms that no layer type has
std::span<const Operator> sampling_operators();      // grid sample, roi align, deformable convolution
std::span<const Operator> deformable_operators();    // convolutions whose taps inputs move
std::span<const Operator> window_operators();        // pools with dilations or indices, col2im
std::span<const Operator> normalisation_operators();  // norms with statistics as outputs, dropout in training
std::span<const Operator> signal_operators();         // fourier transforms, windows, mel weights
std::span<const Operator> loss_operators();           // losses of classifiers
std::span<const Operator> movement_operators();       // crops, caches, splits, bits taken as another type
std::span<const Operator> algebra_operators();        // determinants, general products, odd activations
std::span<const Operator> conversion_operators();     // casts with modes of rounding
std::span<const Operator> gram_operators();           // counts of n-grams

}  // namespace ns
