// The part of recurrent layers that waits for the step before, in real and in 8-bit whole numbers. Compiled
// once per instruction set; see loops.hpp.
#include "kernels/onednn/loops/parts.hpp"

namespace ns::onednn::NS_LOOPS {
namespace {

/// sums = bias + weights x h; `rows` sums side by side per element of the state.
void recur_sums(const float* weights, const float* bias, const float* h, Index hidden, Index rows,
                float* sums) {
  for (Index row = 0; row < rows; ++row) sums[row] = bias[row];
  Index k = 0;
  // Four at once: the sums are loaded and stored a quarter as often.
  for (; k + 4 <= hidden; k += 4, weights += 4 * rows) {
    const float a = h[k];
    const float b = h[k + 1];
    const float c = h[k + 2];
    const float d = h[k + 3];
    for (Index row = 0; row < rows; ++row)
      sums[row] += (a * weights[row] + b * weights[rows + row]) +
                   (c * weights[2 * rows + row] + d * weights[3 * rows + row]);
  }
  for (; k < hidden; ++k, weights += rows) {
    const float value = h[k];
    for (Index row = 0; row < rows; ++row) sums[row] += value * weights[row];
  }
}

void step_lstm(Index hidden, const float* gates, const float* sums, float* h, float* c) {
  for (Index i = 0; i < hidden; ++i) {
    const float in = sigmoid(gates[i] + sums[i]);
    const float out = sigmoid(gates[hidden + i] + sums[hidden + i]);
    const float forget = sigmoid(gates[2 * hidden + i] + sums[2 * hidden + i]);
    c[i] = forget * c[i] + in * tanh_of(gates[3 * hidden + i] + sums[3 * hidden + i]);
    h[i] = out * tanh_of(c[i]);
  }
}

void step_gru_reset_after(Index hidden, const float* gates, const float* sums, float* h) {
  for (Index i = 0; i < hidden; ++i) {
    const float update = sigmoid(gates[i] + sums[i]);
    const float reset = sigmoid(gates[hidden + i] + sums[hidden + i]);
    const float candidate = tanh_of(gates[2 * hidden + i] + reset * sums[2 * hidden + i]);
    h[i] = (1.0F - update) * candidate + update * h[i];
  }
}

/// The reset gate applies to the state before its product, so the candidate's product comes second.
void step_gru(Index hidden, const float* gates, const float* weights, const float* bias, float* h,
              float* sums) {
  const Index rows = 3 * hidden;
  float* const kept = sums + rows;
  recur_sums(weights, bias, h, hidden, rows, sums);
  for (Index i = 0; i < hidden; ++i) kept[i] = h[i] * sigmoid(gates[hidden + i] + sums[hidden + i]);
  float* const memory = sums + 2 * hidden;
  for (Index i = 0; i < hidden; ++i) memory[i] = bias[2 * hidden + i];
  for (Index k = 0; k < hidden; ++k) {
    const float* const row = weights + k * rows + 2 * hidden;
    for (Index i = 0; i < hidden; ++i) memory[i] += kept[k] * row[i];
  }
  for (Index i = 0; i < hidden; ++i) {
    const float update = sigmoid(gates[i] + sums[i]);
    h[i] = (1.0F - update) * tanh_of(gates[2 * hidden + i] + memory[i]) + update * h[i];
  }
}

Index gates_of(Recurrence kind) {
  if (kind == Recurrence::lstm) return 4;
  return kind == Recurrence::plain ? 1 : 3;
}

/// The parts of the room that an LSTM of whole numbers works in, the widest numbers first.
struct IntegerRoom {
  double* h;                 // [batch][hidden]
  double* c;                 // likewise
  std::int32_t* input_sums;  // [steps][batch][rows]
  std::int32_t* state_sums;  // [batch][rows]
  float* real;               // the state to be made whole
  std::int16_t* inputs;      // [steps][batch][inputs]
  std::int16_t* state;       // [batch][hidden]

  IntegerRoom(const RecurrentWork& work, void* room) {
    const Index states = work.batch * work.hidden;
    const Index rows = 4 * work.hidden;
    h = static_cast<double*>(room);
    c = h + states;
    input_sums = reinterpret_cast<std::int32_t*>(c + states);
    state_sums = input_sums + work.steps * work.batch * rows;
    real = reinterpret_cast<float*>(state_sums + work.batch * rows);
    inputs = reinterpret_cast<std::int16_t*>(real + states);
    state = inputs + work.steps * work.batch * work.inputs;
  }
};

/// Makes numbers whole, less their zero point; returns what one is worth.
double make_short(Index count, const float* in, std::int16_t* out) {
  float scaling[2];
  find_scaling(count, in, scaling);
  for (Index i = 0; i < count; ++i)
    out[i] = static_cast<std::int16_t>(whole_of(in[i], scaling[0], scaling[1]) - scaling[1]);
  return static_cast<double>(scaling[0]);
}

/// sums: [vectors][rows], of vectors and filters of `length` numbers each; `rows` is a multiple of four.
void multiply(const std::int16_t* vectors, Index count, const std::int16_t* filters, Index rows, Index length,
              std::int32_t* sums) {
  for (Index row = 0; row < rows; row += 4) {
    const std::int16_t* const four[] = {filters + row * length, filters + (row + 1) * length,
                                        filters + (row + 2) * length, filters + (row + 3) * length};
    for (Index i = 0; i < count; ++i) dots(four, vectors + i * length, length, sums + i * rows + row);
  }
}

inline double precise_sigmoid(double x) { return 1.0 / (1.0 + exp(-x)); }

}  // namespace

void recur(const RecurrentWork& work, const float* gates, const float* weights, const float* bias, float* h,
           float* c, float* out, float* sums) {
  const Index hidden = work.hidden;
  const Index rows = gates_of(work.kind) * hidden;
  for (Index i = 0; i < work.steps; ++i) {
    const Index step = work.backwards ? work.steps - 1 - i : i;
    for (Index n = 0; n < work.batch; ++n) {
      const float* const entering = gates + (step * work.batch + n) * rows;
      float* const state = h + n * hidden;
      if (work.kind == Recurrence::gru) {
        step_gru(hidden, entering, weights, bias, state, sums);
      } else {
        recur_sums(weights, bias, state, hidden, rows, sums);
        if (work.kind == Recurrence::lstm) step_lstm(hidden, entering, sums, state, c + n * hidden);
        if (work.kind == Recurrence::gru_reset_after) step_gru_reset_after(hidden, entering, sums, state);
        if (work.kind == Recurrence::plain)
          for (Index k = 0; k < hidden; ++k) state[k] = tanh_of(entering[k] + sums[k]);
      }
      if (out == nullptr) continue;
      float* const to = out + step * work.step_stride + n * hidden;
      for (Index k = 0; k < hidden; ++k) to[k] = state[k];
    }
  }
}

void recur_integers(const RecurrentWork& work, const IntegerCell& cell, const float* in,
                    const RecurrentStates& states, void* room) {
  const IntegerRoom space(work, room);
  const Index hidden = work.hidden;
  const Index rows = 4 * hidden;
  const Index count = work.batch * hidden;
  const double input_unit = make_short(work.steps * work.batch * work.inputs, in, space.inputs);
  multiply(space.inputs, work.steps * work.batch, cell.weights, rows, work.inputs, space.input_sums);
  for (Index i = 0; i < count; ++i) {
    space.h[i] = states.first_h == nullptr ? 0.0 : static_cast<double>(states.first_h[i]);
    space.c[i] = states.first_c == nullptr ? 0.0 : static_cast<double>(states.first_c[i]);
  }
  for (Index i = 0; i < work.steps; ++i) {
    const Index step = work.backwards ? work.steps - 1 - i : i;
    for (Index k = 0; k < count; ++k) space.real[k] = static_cast<float>(space.h[k]);
    const double state_unit = make_short(count, space.real, space.state);
    multiply(space.state, work.batch, cell.recurrence, rows, hidden, space.state_sums);
    for (Index n = 0; n < work.batch; ++n) {
      const std::int32_t* const input = space.input_sums + (step * work.batch + n) * rows;
      const std::int32_t* const state = space.state_sums + n * rows;
      const auto gate = [&](Index row) {
        const double of_input = cell.bias[row] + input[row] * (input_unit * cell.factors[row]);
        const double of_state = cell.bias[rows + row] + state[row] * (state_unit * cell.factors[rows + row]);
        return of_input + of_state;
      };
      for (Index k = 0; k < hidden; ++k) {
        double& h = space.h[n * hidden + k];
        double& c = space.c[n * hidden + k];
        c = precise_sigmoid(gate(2 * hidden + k)) * c + precise_sigmoid(gate(k)) * tanh(gate(3 * hidden + k));
        h = precise_sigmoid(gate(hidden + k)) * tanh(c);
        if (states.y != nullptr) states.y[step * work.step_stride + n * hidden + k] = static_cast<float>(h);
      }
    }
  }
  for (Index i = 0; i < count; ++i) {
    if (states.last_h != nullptr) states.last_h[i] = static_cast<float>(space.h[i]);
    if (states.last_c != nullptr) states.last_c[i] = static_cast<float>(space.c[i]);
  }
}

}  // namespace ns::onednn::NS_LOOPS
