// Recurrent layers in the forms that the layer type has not: lengths per sequence, peepholes, functions of
// their own, the batch in front, weights that are computed.
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
struct Extents {
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
  Cell(const OperatorCall& call, Kind kind, const Extents& extents, Weights weights,
       std::span<const Gate> gates)
      : kind_{kind},
        extents_{extents},
        weights_{weights},
        gates_{gates},
        reset_after_{call.view.integer("linear_before_reset", 0) != 0},
        coupled_{call.view.integer("input_forget", 0) != 0},
        most_{call.view.real("clip", 0.0)} {}

  void step(const double* x, Line& h, Line& c) const {
    const auto rows = extents_.gates * extents_.hidden;
    const auto bias = [&](std::int64_t part) {
      return weights_.bias.empty() ? weights_.bias
                                   : weights_.bias.subspan(static_cast<std::size_t>(part * rows),
                                                           static_cast<std::size_t>(rows));
    };
    const auto input = product(weights_.input, bias(0), x, 0, rows, extents_.inputs);
    if (kind_ == Kind::gru) return step_gru(input, bias(1), h);
    auto sums = product(weights_.state, bias(1), h.data(), 0, rows, extents_.hidden);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += input[i];
    if (kind_ == Kind::lstm) return step_lstm(sums, h, c);
    for (std::size_t i = 0; i < h.size(); ++i) h[i] = gate(0, sums[i]);
  }

 private:
  [[nodiscard]] double gate(std::size_t i, double x) const {
    return gates_[i](most_ > 0.0 ? std::clamp(x, -most_, most_) : x);
  }

  void step_gru(const Line& input, std::span<const double> bias, Line& h) const {
    const auto count = extents_.hidden;
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
  const Extents& extents_;
  Weights weights_;
  std::span<const Gate> gates_;
  bool reset_after_;
  bool coupled_;
  double most_;  // 0: gates are not clipped
};

Result<Extents> extents_of(const OperatorCall& call, Kind kind) {
  const auto& x = call.in(0).shape;
  const auto& w = call.in(1).shape;
  const auto& r = call.in(2).shape;
  if (x.rank() != 3 || w.rank() != 3 || r.rank() != 3) return call.fail("input or weights have not 3 axes");
  Extents made;
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

Result<Data> recurrent(const OperatorCall& call, Kind kind) {
  const auto given = extents_of(call, kind);
  if (!given) return tl::unexpected{given.error()};
  const auto& extents = *given;
  const auto gates = Gate::all_of(call, static_cast<std::size_t>(extents.directions));
  if (!gates) return tl::unexpected{gates.error()};
  const auto per_direction = gates->size() / static_cast<std::size_t>(extents.directions);
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
    for (std::int64_t n = 0; n < extents.batch; ++n) {
      const auto start = extents.state(direction, n);
      auto h = first_state(call, 5, start, extents.hidden);
      auto c = kind == Kind::lstm ? first_state(call, 6, start, extents.hidden) : h;
      const auto length =
          call.has(4) ? std::clamp<std::int64_t>(integer_of(call.in(4).values[static_cast<std::size_t>(n)]),
                                                 0, extents.steps)
                      : extents.steps;
      for (std::int64_t i = 0; i < length; ++i) {
        const auto step = backward ? length - 1 - i : i;
        cell.step(call.in(0).values.data() + extents.x(step, n), h, c);
        std::ranges::copy(h, y.values.begin() + extents.y(step, direction, n));
      }
      std::ranges::copy(h, last_h.values.begin() + start);
      std::ranges::copy(c, last_c.values.begin() + start);
    }
  }
  Data made;
  for (auto* const array : {&y, &last_h, &last_c}) {
    round_values(*array);
    made.emplace_back(std::move(*array));
  }
  return made;
}

Result<Data> rnn(const OperatorCall& call) { return recurrent(call, Kind::rnn); }
Result<Data> gru(const OperatorCall& call) { return recurrent(call, Kind::gru); }
Result<Data> lstm(const OperatorCall& call) { return recurrent(call, Kind::lstm); }

constexpr std::array rows{
    Operator{"", "GRU", 3, gru},
    Operator{"", "LSTM", 3, lstm},
    Operator{"", "RNN", 3, rnn},
};

}  // namespace

std::span<const Operator> recurrent_operators() { return rows; }

}  // namespace ns
