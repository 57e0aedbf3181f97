#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cmath>

namespace ns::reference {
namespace {

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// One direction for one sequence of the batch; gates in the order of ONNX: iofc, zrh.
class Cell {
 public:
  Cell(const Rnn& layer, const Operands& operands, std::int64_t direction)
      : layer_{layer},
        hidden_{layer.hidden},
        inputs_{operands.input().shape[2]},
        rows_{gates_of(layer.kind) * hidden_} {
    weight_ = operands.weights[0].values.data() + direction * rows_ * inputs_;
    recurrence_ = operands.weights[1].values.data() + direction * rows_ * hidden_;
    if (layer.bias) bias_ = operands.weights[2].values.data() + direction * 2 * rows_;
  }

  void step(const double* x, std::vector<double>& h, std::vector<double>& c) const {
    switch (layer_.kind) {
      case Rnn::Kind::lstm:
        return step_lstm(x, h, c);
      case Rnn::Kind::gru:
        return step_gru(x, h);
      case Rnn::Kind::rnn:
        return step_plain(x, h);
    }
  }

 private:
  [[nodiscard]] double bias(std::int64_t row) const { return bias_ == nullptr ? 0.0 : bias_[row]; }
  [[nodiscard]] double of_input(const double* x, std::int64_t row) const {
    double sum = bias(row);
    for (std::int64_t i = 0; i < inputs_; ++i) sum += weight_[row * inputs_ + i] * x[i];
    return sum;
  }
  [[nodiscard]] double of_state(const std::vector<double>& h, std::int64_t row) const {
    double sum = bias(rows_ + row);
    for (std::int64_t i = 0; i < hidden_; ++i)
      sum += recurrence_[row * hidden_ + i] * h[static_cast<std::size_t>(i)];
    return sum;
  }
  /// What enters gate number `gate` of unit `unit`.
  [[nodiscard]] double sum(const double* x, const std::vector<double>& h, std::int64_t gate,
                           std::int64_t unit) const {
    const auto row = gate * hidden_ + unit;
    return of_input(x, row) + of_state(h, row);
  }

  void step_lstm(const double* x, std::vector<double>& h, std::vector<double>& c) const {
    const auto before = h;
    for (std::int64_t unit = 0; unit < hidden_; ++unit) {
      const auto at = static_cast<std::size_t>(unit);
      const auto in = sigmoid(sum(x, before, 0, unit));
      const auto out = sigmoid(sum(x, before, 1, unit));
      const auto forget = sigmoid(sum(x, before, 2, unit));
      c[at] = forget * c[at] + in * std::tanh(sum(x, before, 3, unit));
      h[at] = out * std::tanh(c[at]);
    }
  }

  void step_gru(const double* x, std::vector<double>& h) const {
    const auto before = h;
    std::vector<double> reset(h.size());
    for (std::int64_t unit = 0; unit < hidden_; ++unit)
      reset[static_cast<std::size_t>(unit)] = sigmoid(sum(x, before, 1, unit));
    auto kept = before;
    for (std::size_t i = 0; i < kept.size(); ++i) kept[i] *= reset[i];
    for (std::int64_t unit = 0; unit < hidden_; ++unit) {
      const auto at = static_cast<std::size_t>(unit);
      const auto row = 2 * hidden_ + unit;
      const auto memory = layer_.reset_after ? reset[at] * of_state(before, row) : of_state(kept, row);
      const auto candidate = std::tanh(of_input(x, row) + memory);
      const auto update = sigmoid(sum(x, before, 0, unit));
      h[at] = (1.0 - update) * candidate + update * before[at];
    }
  }

  void step_plain(const double* x, std::vector<double>& h) const {
    const auto before = h;
    for (std::int64_t unit = 0; unit < hidden_; ++unit)
      h[static_cast<std::size_t>(unit)] = std::tanh(sum(x, before, 0, unit));
  }

  const Rnn& layer_;
  std::int64_t hidden_;
  std::int64_t inputs_;
  std::int64_t rows_;
  const double* weight_ = nullptr;
  const double* recurrence_ = nullptr;
  const double* bias_ = nullptr;
};

/// The state of one sequence at its beginning: an input, or 0.
std::vector<double> first_state(const Rnn& layer, const Operands& operands, char name, std::int64_t line) {
  std::vector<double> state(static_cast<std::size_t>(layer.hidden), 0.0);
  if (const auto stored = layer.stored.find(name); stored != std::string::npos) {
    const auto& values = operands.weights[(layer.bias ? 3 : 2) + stored].values;
    state.assign(values.begin() + line * layer.hidden, values.begin() + (line + 1) * layer.hidden);
    return state;
  }
  const auto place = layer.states.find(name);
  if (place == std::string::npos) return state;
  const double* const from = operands.inputs[1 + place]->values.data() + line * layer.hidden;
  state.assign(from, from + layer.hidden);
  return state;
}

void store(const Rnn& layer, const Operands& operands, char name, std::int64_t line,
           const std::vector<double>& state) {
  const auto place = layer.outputs.find(name);
  if (place == std::string::npos) return;
  std::ranges::copy(state, operands.outputs[place]->values.begin() + line * layer.hidden);
}

}  // namespace

void run(const Rnn& layer, const Operands& operands) {
  const Shape& input = operands.input().shape;
  const auto directions = directions_of(layer);
  for (std::int64_t direction = 0; direction < directions; ++direction) {
    const Cell cell{layer, operands, direction};
    const bool backwards = layer.direction == Rnn::Direction::reverse || direction == 1;
    for (std::int64_t n = 0; n < input[1]; ++n) {
      const auto line = direction * input[1] + n;
      auto h = first_state(layer, operands, 'h', line);
      auto c = first_state(layer, operands, 'c', line);
      for (std::int64_t i = 0; i < input[0]; ++i) {
        const auto step = backwards ? input[0] - 1 - i : i;
        cell.step(operands.input().values.data() + (step * input[1] + n) * input[2], h, c);
        store(layer, operands, 'y', (step * directions + direction) * input[1] + n, h);
      }
      store(layer, operands, 'h', line, h);
      store(layer, operands, 'c', line, c);
    }
  }
}

}  // namespace ns::reference
