// Recurrent layers in the forms that the layer type has not: lengths per sequence, peepholes, functions of
// their own, the batch in front, weights that are computed, whole numbers.
#include "net/layers/quantisation.hpp"
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/operators/gates.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;
using Line = std::vector<double>;

enum class Kind : std::uint8_t { rnn, gru, lstm };

/// The extents of a recurrent layer.
struct Sizes {
  std::int64_t steps = 1;
  std::int64_t batch = 1;
  std::int64_t inputs = 1;
  std::int64_t directions = 1;
  std::int64_t hidden = 1;
  std::int64_t gates = 1;
  bool batch_first = false;

  /// Where a vector [inputs] of X begins; one [hidden] of Y; one of a state.
  [[nodiscard]] std::int64_t x(std::int64_t step, std::int64_t n) const {
    return (batch_first ? n * steps + step : step * batch + n) * inputs;
  }
  [[nodiscard]] std::int64_t y(std::int64_t step, std::int64_t direction, std::int64_t n) const {
    return (batch_first ? (n * steps + step) * directions + direction
                        : (step * directions + direction) * batch + n) *
           hidden;
  }
  [[nodiscard]] std::int64_t state(std::int64_t direction, std::int64_t n) const {
    return (batch_first ? n * directions + direction : direction * batch + n) * hidden;
  }
  [[nodiscard]] Shape y_shape() const {
    return batch_first ? Shape{batch, steps, directions, hidden} : Shape{steps, directions, batch, hidden};
  }
  [[nodiscard]] Shape state_shape() const {
    return batch_first ? Shape{batch, directions, hidden} : Shape{directions, batch, hidden};
  }
};

/// One direction's weights.
struct Weights {
  std::span<const double> input;  // [gates, hidden, inputs]
  std::span<const double> state;  // [gates, hidden, hidden]
  std::span<const double> bias;   // of the input, then of the state; may be empty
  std::span<const double> peep;   // of the gates i, o, f; may be empty
};

/// bias + weights x vector for `rows` rows from `row` on.
Line product(std::span<const double> weights, std::span<const double> bias, const double* vector,
             std::int64_t row, std::int64_t rows, std::int64_t columns) {
  Line made(static_cast<std::size_t>(rows), 0.0);
  for (std::int64_t i = 0; i < rows; ++i) {
    auto& sum = made[static_cast<std::size_t>(i)];
    if (!bias.empty()) sum = bias[static_cast<std::size_t>(row + i)];
    const auto* const line = weights.data() + (row + i) * columns;
    for (std::int64_t j = 0; j < columns; ++j) sum += line[j] * vector[j];
  }
  return made;
}

/// One direction of the layer, which steps one sequence on.
class Cell {
 public:
  Cell(const OperatorCall& call, Kind kind, const Sizes& extents, Weights weights,
       std::span<const Gate> gates)
      : kind_{kind},
        sizes_{extents},
        weights_{weights},
        gates_{gates},
        reset_after_{call.view.integer("linear_before_reset", 0) != 0},
        coupled_{call.view.integer("input_forget", 0) != 0},
        most_{call.view.real("clip", 0.0)} {}

  /// `seen`: what the products see of the state.
  void step(const double* x, const Line& seen, Line& h, Line& c) const {
    const auto rows = sizes_.gates * sizes_.hidden;
    const auto bias = [&](std::int64_t part) {
      return weights_.bias.empty() ? weights_.bias
                                   : weights_.bias.subspan(static_cast<std::size_t>(part * rows),
                                                           static_cast<std::size_t>(rows));
    };
    const auto input = product(weights_.input, bias(0), x, 0, rows, sizes_.inputs);
    if (kind_ == Kind::gru) return step_gru(input, bias(1), h);
    auto sums = product(weights_.state, bias(1), seen.data(), 0, rows, sizes_.hidden);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += input[i];
    if (kind_ == Kind::lstm) return step_lstm(sums, h, c);
    for (std::size_t i = 0; i < h.size(); ++i) h[i] = gate(0, sums[i]);
  }

 private:
  [[nodiscard]] double gate(std::size_t i, double x) const {
    return gates_[i](most_ > 0.0 ? std::clamp(x, -most_, most_) : x);
  }

  void step_gru(const Line& input, std::span<const double> bias, Line& h) const {
    const auto count = sizes_.hidden;
    const auto hidden = h.size();
    const auto state = product(weights_.state, bias, h.data(), 0, 2 * count, count);
    Line update(hidden);
    Line reset(hidden);
    for (std::size_t i = 0; i < hidden; ++i) {
      update[i] = gate(0, input[i] + state[i]);
      reset[i] = gate(0, input[hidden + i] + state[hidden + i]);
    }
    Line seen = h;
    for (std::size_t i = 0; i < hidden && !reset_after_; ++i) seen[i] *= reset[i];
    const auto fresh = product(weights_.state, bias, seen.data(), 2 * count, count, count);
    for (std::size_t i = 0; i < hidden; ++i) {
      const auto candidate = gate(1, input[2 * hidden + i] + fresh[i] * (reset_after_ ? reset[i] : 1.0));
      h[i] = (1.0 - update[i]) * candidate + update[i] * h[i];
    }
  }

  void step_lstm(const Line& sums, Line& h, Line& c) const {
    const auto hidden = h.size();
    const auto peep = [&](std::size_t part, std::size_t i) {
      return weights_.peep.empty() ? 0.0 : weights_.peep[part * hidden + i];
    };
    for (std::size_t i = 0; i < hidden; ++i) {
      const auto in = gate(0, sums[i] + peep(0, i) * c[i]);
      const auto forget = coupled_ ? 1.0 - in : gate(0, sums[2 * hidden + i] + peep(2, i) * c[i]);
      c[i] = forget * c[i] + in * gate(1, sums[3 * hidden + i]);
      const auto out = gate(0, sums[hidden + i] + peep(1, i) * c[i]);
      h[i] = out * gates_[2](c[i]);
    }
  }

  Kind kind_;
  const Sizes& sizes_;
  Weights weights_;
  std::span<const Gate> gates_;
  bool reset_after_;
  bool coupled_;
  double most_;  // 0: gates are not clipped
};

Result<Sizes> extents_of(const OperatorCall& call, Kind kind) {
  const auto& x = call.in(0).shape;
  const auto& w = call.in(1).shape;
  const auto& r = call.in(2).shape;
  if (x.rank() != 3 || w.rank() != 3 || r.rank() != 3) return call.fail("input or weights have not 3 axes");
  Sizes made;
  made.batch_first = call.view.integer("layout", 0) != 0;
  made.steps = x[made.batch_first ? 1 : 0];
  made.batch = x[made.batch_first ? 0 : 1];
  made.inputs = x[2];
  made.directions = w[0];
  made.hidden = r[2];
  made.gates = kind == Kind::lstm ? 4 : kind == Kind::gru ? 3 : 1;
  const auto rows = made.gates * made.hidden;
  const auto has = [&](std::size_t input, std::int64_t count) {
    return !call.has(input) || call.in(input).shape.elements() == count;
  };
  const auto state = made.state_shape().elements();
  const bool two_ways = call.view.text("direction", "forward") == "bidirectional";
  if (made.directions != (two_ways ? 2 : 1) || w != Shape{made.directions, rows, made.inputs} ||
      r != Shape{made.directions, rows, made.hidden} || !has(3, made.directions * 2 * rows) ||
      !has(4, made.batch) || !has(5, state) ||
      (kind == Kind::lstm && !(has(6, state) && has(7, made.directions * 3 * made.hidden))))
    return call.fail("input, weights and states do not go together");
  return made;
}

std::span<const double> part_of(const OperatorCall& call, std::size_t input, std::int64_t part,
                                std::int64_t parts) {
  if (!call.has(input)) return {};
  const std::span values{call.in(input).values};
  const auto each = values.size() / static_cast<std::size_t>(parts);
  return values.subspan(static_cast<std::size_t>(part) * each, each);
}

/// One vector of a first state; zeros where it is not there.
Line first_state(const OperatorCall& call, std::size_t input, std::int64_t start, std::int64_t count) {
  Line made(static_cast<std::size_t>(count), 0.0);
  if (call.has(input)) std::copy_n(call.in(input).values.begin() + start, count, made.begin());
  return made;
}

/// The states of all sequences of one direction.
struct States {
  std::vector<Line> h;
  std::vector<Line> c;
};

States first_states(const OperatorCall& call, Kind kind, const Sizes& extents, std::int64_t direction) {
  States states;
  for (std::int64_t n = 0; n < extents.batch; ++n) {
    const auto start = extents.state(direction, n);
    states.h.push_back(first_state(call, 5, start, extents.hidden));
    states.c.push_back(kind == Kind::lstm ? first_state(call, 6, start, extents.hidden) : states.h.back());
  }
  return states;
}

/// How many steps each sequence has.
std::vector<std::int64_t> lengths_of(const OperatorCall& call, const Sizes& extents) {
  std::vector<std::int64_t> lengths(static_cast<std::size_t>(extents.batch), extents.steps);
  if (call.has(4))
    for (std::size_t n = 0; n < lengths.size(); ++n)
      lengths[n] = std::clamp<std::int64_t>(integer_of(call.in(4).values[n]), 0, extents.steps);
  return lengths;
}

/// As 8-bit numbers on one scale for all hold them. A sequence that has ended counts for one step more, then
/// as zeros: what ONNX Runtime finds where the step before would have written.
void pass_through_bytes(std::vector<Line>& lines, std::span<const std::int64_t> lengths, std::int64_t step) {
  Line all;
  for (std::size_t n = 0; n < lines.size(); ++n) {
    if (step > lengths[n]) std::ranges::fill(lines[n], 0.0);
    all.insert(all.end(), lines[n].begin(), lines[n].end());
  }
  const double scale = make_whole(all).scale;
  auto from = all.begin();
  for (auto& line : lines)
    for (double& value : line) value = *from++ * scale;
}

enum class Seen : std::uint8_t { as_it_is, through_bytes };

Result<Data> recurrent(const OperatorCall& call, Kind kind, Seen seen) {
  const auto given = extents_of(call, kind);
  if (!given) return tl::unexpected{given.error()};
  const auto& extents = *given;
  const auto gates = Gate::all_of(call, static_cast<std::size_t>(extents.directions));
  if (!gates) return tl::unexpected{gates.error()};
  const auto per_direction = gates->size() / static_cast<std::size_t>(extents.directions);
  const auto lengths = lengths_of(call, extents);
  auto y = zeros(call.in(0).dtype, extents.y_shape());
  auto last_h = zeros(call.in(0).dtype, extents.state_shape());
  auto last_c = last_h;
  for (std::int64_t direction = 0; direction < extents.directions; ++direction) {
    const auto part = [&](std::size_t input) { return part_of(call, input, direction, extents.directions); };
    const Cell cell{
        call,
        kind,
        extents,
        {part(1), part(2), part(3), kind == Kind::lstm ? part(7) : std::span<const double>{}},
        std::span{*gates}.subspan(static_cast<std::size_t>(direction) * per_direction, per_direction)};
    const bool backward = direction == 1 || call.view.text("direction", "forward") == "reverse";
    auto states = first_states(call, kind, extents, direction);
    for (std::int64_t i = 0; i < extents.steps; ++i) {
      auto before = states.h;
      if (seen == Seen::through_bytes) pass_through_bytes(before, lengths, i);
      for (std::size_t n = 0; n < lengths.size(); ++n) {
        if (i >= lengths[n]) continue;
        const auto step = backward ? lengths[n] - 1 - i : i;
        const auto sequence = static_cast<std::int64_t>(n);
        cell.step(call.in(0).values.data() + extents.x(step, sequence), before[n], states.h[n], states.c[n]);
        std::ranges::copy(states.h[n], y.values.begin() + extents.y(step, direction, sequence));
      }
    }
    for (std::size_t n = 0; n < lengths.size(); ++n) {
      const auto start = extents.state(direction, static_cast<std::int64_t>(n));
      std::ranges::copy(states.h[n], last_h.values.begin() + start);
      std::ranges::copy(states.c[n], last_c.values.begin() + start);
    }
  }
  Data made;
  for (auto* const array : {&y, &last_h, &last_c}) {
    round_values(*array);
    made.emplace_back(std::move(*array));
  }
  return made;
}

/// Weights [directions, columns, rows] of whole numbers, by a scale and a zero point for each direction or
/// each row: real ones, [directions, rows, columns].
Result<Array> real_weights(const OperatorCall& call, std::size_t input, std::size_t scale) {
  const auto& whole = call.in(input);
  if (whole.shape.rank() != 3) return call.fail("weights have not 3 axes");
  const auto directions = whole.shape[0];
  const auto columns = whole.shape[1];
  const auto rows = whole.shape[2];
  const auto fits = [&](std::size_t place) {
    const auto count = call.in(place).shape.elements();
    return count == directions || count == directions * rows;
  };
  if (!fits(scale) || !fits(scale + 1)) return call.fail("scales and weights do not go together");
  const auto number = [&](std::size_t place, std::int64_t direction, std::int64_t row) {
    const auto& values = call.in(place).values;
    const bool one = call.in(place).shape.elements() == directions;
    return values[static_cast<std::size_t>(one ? direction : direction * rows + row)];
  };
  auto made = zeros(DType::float32, Shape{directions, rows, columns});
  auto to = made.values.begin();
  for (std::int64_t d = 0; d < directions; ++d)
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t column = 0; column < columns; ++column) {
        const auto value = whole.values[static_cast<std::size_t>((d * columns + column) * rows + row)];
        *to++ = (value - number(scale + 1, d, row)) * number(scale, d, row);
      }
  return made;
}

Result<Data> rnn(const OperatorCall& call) { return recurrent(call, Kind::rnn, Seen::as_it_is); }
Result<Data> gru(const OperatorCall& call) { return recurrent(call, Kind::gru, Seen::as_it_is); }
Result<Data> lstm(const OperatorCall& call) { return recurrent(call, Kind::lstm, Seen::as_it_is); }

/// An LSTM of stored whole numbers, whose input and, at each step, states are made whole on the way
/// (https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md, DynamicQuantizeLSTM).
Result<Data> dynamic_quantise_lstm(const OperatorCall& call) {
  constexpr std::size_t scales = 8;  // of W, its zero point, of R, its zero point
  for (std::size_t i = scales; i < scales + 4; ++i)
    if (!call.has(i)) return call.fail("scales and zero points of its weights are left out");
  auto w = real_weights(call, 1, scales);
  if (!w) return tl::unexpected{std::move(w.error())};
  auto r = real_weights(call, 2, scales + 2);
  if (!r) return tl::unexpected{std::move(r.error())};
  Array x = call.in(0);
  const double scale = make_whole(x.values).scale;
  for (double& value : x.values) value *= scale;
  const std::array real{Datum{std::move(x)}, Datum{std::move(*w)}, Datum{std::move(*r)}};
  std::vector<const Datum*> inputs{&real[0], &real[1], &real[2]};
  inputs.insert(inputs.end(), call.inputs.begin() + 3, call.inputs.begin() + scales);
  return recurrent({call.view, inputs, call.outputs, call.interpreter, call.scope}, Kind::lstm,
                   Seen::through_bytes);
}

}  // namespace

std::span<const Operator> recurrent_operators() {
  static constexpr std::array rows{
      Operator{"com.microsoft", "DynamicQuantizeLSTM", 3, dynamic_quantise_lstm},
      Operator{"", "GRU", 3, gru},
      Operator{"", "LSTM", 3, lstm},
      Operator{"", "RNN", 3, rnn},
  };
  return rows;
}

}  // namespace ns
