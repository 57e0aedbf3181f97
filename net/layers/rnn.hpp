/// The room of recurrent layers: LSTM, GRU and the plain one.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/quantisation.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Input [steps, N, inputs]; per direction and gate one product with the input and one with the state of
/// `hidden` values. Weights as in ONNX: [directions, gates * hidden, inputs], the same with `hidden` columns,
/// and with `bias` [directions, 2 * gates * hidden]. `states`: which first states are inputs, in this order:
/// h, c; `stored`: which others are stored [directions, N, hidden] (else 0). `outputs`: which outputs there
/// are, in this order: y [steps, directions, N, hidden], the last h and c [directions, N, hidden].
/// An LSTM may be `dynamic`: its weights are 8-bit whole numbers, a filter is a row, and the input and, step
/// by step, the state of all N sequences are made whole as they arrive (com.microsoft, DynamicQuantizeLSTM).
struct Rnn {
  static constexpr std::string_view type = "rnn";

  enum class Kind { lstm, gru, rnn };
  enum class Direction { forward, reverse, both };

  Kind kind = Kind::lstm;
  std::int64_t hidden = 1;
  Direction direction = Direction::forward;
  bool bias = true;
  bool reset_after = false;     // gru: the reset gate applies behind the product (ONNX's linear_before_reset)
  std::string states{};         // of "h", "hc"
  std::string stored{};         // likewise, behind the weights
  std::string outputs = "y";    // of "y", "h", "c", "yh", ...
  Quantisation quantisation{};  // none, or a dynamic one

  friend bool operator==(const Rnn&, const Rnn&) = default;
};

inline constexpr std::array rnn_kinds{
    Choice<Rnn::Kind>{Rnn::Kind::lstm, "lstm"},
    Choice<Rnn::Kind>{Rnn::Kind::gru, "gru"},
    Choice<Rnn::Kind>{Rnn::Kind::rnn, "rnn"},
};
inline constexpr std::array rnn_directions{
    Choice<Rnn::Direction>{Rnn::Direction::forward, "forward"},
    Choice<Rnn::Direction>{Rnn::Direction::reverse, "reverse"},
    Choice<Rnn::Direction>{Rnn::Direction::both, "both"},
};

void fields(auto& io, Room<Rnn> auto& layer) {
  io.choice(layer.kind, std::span<const Choice<Rnn::Kind>>{rnn_kinds});
  io.number("hidden", layer.hidden);
  io.choice("direction", layer.direction, std::span<const Choice<Rnn::Direction>>{rnn_directions},
            Rnn::Direction::forward);
  io.flag("bias", layer.bias, true);
  io.flag("reset_after", layer.reset_after, false);
  io.text("states", layer.states, "");
  io.text("stored", layer.stored, "");
  io.text("outputs", layer.outputs, "y");
  fields(io, layer.quantisation);
}

/// bad_input unless the input is [steps, N, inputs], the states, as many as `states` names, fit, and the
/// quantisation is one that the layer may have.
Result<std::vector<TensorType>> output_types(const Rnn& layer, const std::vector<TensorType>& inputs);

/// Directions times steps times N times gates times hidden times (inputs + hidden).
Macs macs(const Rnn& layer, const Signature& tensors);

/// Two per MAC.
Flops flops(const Rnn& layer, const Signature& tensors);

/// "weight", "recurrence", the factors and zero points of both, as far as there are any, "bias" and the first
/// states that are stored.
std::vector<Weight> weights(const Rnn& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Rnn& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Rnn& layer, const Signature& tensors);

/// The kind, one direction or both, and whether N is 1; "int8 dynamic " before it where whole numbers are
/// multiplied.
std::string category(const Rnn& layer, const Signature& tensors);

/// Where the bias stands among weights().
std::size_t bias_slot(const Rnn& layer);

/// 4, 3 or 1.
std::int64_t gates_of(Rnn::Kind kind);
/// 2 or 1.
std::int64_t directions_of(const Rnn& layer);

}  // namespace ns
