#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cmath>

namespace ns::reference {
namespace {

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

/// What a product multiplies: real numbers, or whole ones in units of one.
struct Vector {
  const double* values;
  double unit = 1.0;
};

/// The filters of one direction for the input, slot 0, or the state, slot 1.
class Filters {
 public:
  Filters(const Rnn& layer, const Operands& operands, std::size_t slot, std::int64_t direction) {
    const Array& stored = operands.weights[slot];
    const auto rows = stored.shape[1];
    columns_ = stored.shape[2];
    values_ = stored.values.data() + direction * rows * columns_;
    const Quantisation& quantisation = layer.quantisation;
    if (!quantisation.has_factors()) return;
    constexpr std::size_t products = 2;
    factors_ = operands.weights[products + slot].values.data() + direction * rows;
    centred_.assign(values_, values_ + rows * columns_);
    const auto middle = static_cast<double>(quantisation.middle());
    for (std::int64_t i = 0; i < rows * columns_; ++i)
      centred_[static_cast<std::size_t>(i)] -=
          quantisation.filter_zero_points
              ? operands.weights[2 * products + slot]
                    .values[static_cast<std::size_t>(direction * rows + i / columns_)]
              : middle;
  }

  [[nodiscard]] double times(Vector vector, std::int64_t row) const {
    const double* const filter = (centred_.empty() ? values_ : centred_.data()) + row * columns_;
    double sum = 0.0;
    for (std::int64_t i = 0; i < columns_; ++i) sum += filter[i] * vector.values[i];
    return factors_ == nullptr ? sum : sum * (vector.unit * factors_[row]);
  }

 private:
  std::int64_t columns_ = 0;
  const double* values_ = nullptr;
  std::vector<double> centred_;  // without their zero points, where they are whole
  const double* factors_ = nullptr;
};

/// One direction, which steps one sequence on; gates in the order of ONNX: iofc, zrh.
class Cell {
 public:
  Cell(const Rnn& layer, const Operands& operands, std::int64_t direction)
      : layer_{layer},
        hidden_{layer.hidden},
        rows_{gates_of(layer.kind) * hidden_},
        weight_{layer, operands, 0, direction},
        recurrence_{layer, operands, 1, direction} {
    if (layer.bias) bias_ = operands.weights[bias_slot(layer)].values.data() + direction * 2 * rows_;
  }

  /// `before`: what the products see of the state.
  void step(Vector x, Vector before, double* h, double* c) const {
    switch (layer_.kind) {
      case Rnn::Kind::lstm:
        return step_lstm(x, before, h, c);
      case Rnn::Kind::gru:
        return step_gru(x, before, h);
      case Rnn::Kind::rnn:
        return step_plain(x, before, h);
    }
  }

 private:
  [[nodiscard]] double bias(std::int64_t row) const { return bias_ == nullptr ? 0.0 : bias_[row]; }
  [[nodiscard]] double of_input(Vector x, std::int64_t row) const {
    return bias(row) + weight_.times(x, row);
  }
  [[nodiscard]] double of_state(Vector h, std::int64_t row) const {
    return bias(rows_ + row) + recurrence_.times(h, row);
  }
  /// What enters gate number `gate` of unit `unit`.
  [[nodiscard]] double sum(Vector x, Vector h, std::int64_t gate, std::int64_t unit) const {
    const auto row = gate * hidden_ + unit;
    return of_input(x, row) + of_state(h, row);
  }

  void step_lstm(Vector x, Vector before, double* h, double* c) const {
    for (std::int64_t unit = 0; unit < hidden_; ++unit) {
      const auto in = sigmoid(sum(x, before, 0, unit));
      const auto out = sigmoid(sum(x, before, 1, unit));
      const auto forget = sigmoid(sum(x, before, 2, unit));
      c[unit] = forget * c[unit] + in * std::tanh(sum(x, before, 3, unit));
      h[unit] = out * std::tanh(c[unit]);
    }
  }

  void step_gru(Vector x, Vector before, double* h) const {
    std::vector<double> kept(static_cast<std::size_t>(hidden_));
    std::vector<double> reset(kept.size());
    for (std::int64_t unit = 0; unit < hidden_; ++unit) {
      const auto at = static_cast<std::size_t>(unit);
      reset[at] = sigmoid(sum(x, before, 1, unit));
      kept[at] = before.values[unit] * reset[at];
    }
    for (std::int64_t unit = 0; unit < hidden_; ++unit) {
      const auto row = 2 * hidden_ + unit;
      const auto memory = layer_.reset_after ? reset[static_cast<std::size_t>(unit)] * of_state(before, row)
                                             : of_state({kept.data()}, row);
      const auto candidate = std::tanh(of_input(x, row) + memory);
      const auto update = sigmoid(sum(x, before, 0, unit));
      h[unit] = (1.0 - update) * candidate + update * before.values[unit];
    }
  }

  void step_plain(Vector x, Vector before, double* h) const {
    for (std::int64_t unit = 0; unit < hidden_; ++unit) h[unit] = std::tanh(sum(x, before, 0, unit));
  }

  const Rnn& layer_;
  std::int64_t hidden_;
  std::int64_t rows_;
  Filters weight_;
  Filters recurrence_;
  const double* bias_ = nullptr;
};

/// One direction's state of all sequences, [N, hidden], at its beginning: an input, stored, or 0.
std::vector<double> first_state(const Rnn& layer, const Operands& operands, char name,
                                std::int64_t direction) {
  const auto count = operands.input().shape[1] * layer.hidden;
  const Array* from = nullptr;
  if (const auto stored = layer.stored.find(name); stored != std::string::npos)
    from = &operands.weights[bias_slot(layer) + (layer.bias ? 1 : 0) + stored];
  if (const auto place = layer.states.find(name); place != std::string::npos)
    from = operands.inputs[1 + place];
  if (from == nullptr) return std::vector<double>(static_cast<std::size_t>(count), 0.0);
  const auto first = from->values.begin() + direction * count;
  return {first, first + count};
}

/// `state` as part number `place` of an output, where that is made.
void store(const Rnn& layer, const Operands& operands, char name, std::int64_t place,
           const std::vector<double>& state) {
  const auto output = layer.outputs.find(name);
  if (output == std::string::npos) return;
  const auto count = static_cast<std::int64_t>(state.size());
  std::ranges::copy(state, operands.outputs[output]->values.begin() + place * count);
}

}  // namespace

void run(const Rnn& layer, const Operands& operands) {
  const Shape& input = operands.input().shape;
  const bool is_dynamic = layer.quantisation.dynamic;
  auto sequences = operands.input().values;
  const double unit = is_dynamic ? make_whole(sequences).scale : 1.0;
  const auto directions = directions_of(layer);
  for (std::int64_t direction = 0; direction < directions; ++direction) {
    const Cell cell{layer, operands, direction};
    const bool backwards = layer.direction == Rnn::Direction::reverse || direction == 1;
    auto h = first_state(layer, operands, 'h', direction);
    auto c = first_state(layer, operands, 'c', direction);
    for (std::int64_t i = 0; i < input[0]; ++i) {
      const auto step = backwards ? input[0] - 1 - i : i;
      auto before = h;
      const double state_unit = is_dynamic ? make_whole(before).scale : 1.0;
      for (std::int64_t n = 0; n < input[1]; ++n) {
        const auto state = n * layer.hidden;
        cell.step({sequences.data() + (step * input[1] + n) * input[2], unit},
                  {before.data() + state, state_unit}, h.data() + state, c.data() + state);
      }
      store(layer, operands, 'y', step * directions + direction, h);
    }
    store(layer, operands, 'h', direction, h);
    store(layer, operands, 'c', direction, c);
  }
}

}  // namespace ns::reference
