// What carries a state from step to step of a sequence without gates of an LSTM, and positions turned.
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/operators/heads.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;
using Line = std::vector<double>;

/// The inputs of a linear attention (https://onnx.ai/onnx/operators/onnx__LinearAttention.html).
struct Linear {
  Heads query, key, value;
  bool gated = false;
  bool corrected = false;
  double scale = 1.0;
};

/// Whether an input has one line of one of these lengths per batch and step.
bool goes_with_steps(const Shape& shape, const Heads& keys, std::initializer_list<std::int64_t> lengths) {
  return shape.rank() == 3 && shape[0] == keys.batch && shape[1] == keys.steps &&
         std::ranges::find(lengths, shape[2]) != lengths.end();
}

Result<Linear> linear_of(const OperatorCall& call) {
  const auto& view = call.view;
  const auto query = Heads::of(call, call.in(0).shape, view.integer("q_num_heads", 0));
  const auto key = Heads::of(call, call.in(1).shape, view.integer("kv_num_heads", 0));
  const auto value = Heads::of(call, call.in(2).shape, view.integer("kv_num_heads", 0));
  for (const auto* each : {&query, &key, &value})
    if (!*each) return tl::unexpected{each->error()};
  const auto rule = view.text("update_rule", "gated_delta");
  Linear made{
      *query, *key, *value, rule.starts_with("gated"), rule.ends_with("delta"), view.real("scale", 0.0)};
  if (made.scale == 0.0) made.scale = 1.0 / std::sqrt(static_cast<double>(query->size));
  if ((made.gated && !call.has(4)) || (made.corrected && !call.has(5)))
    return call.fail("its update rule needs a decay or beta that is not there");
  if (query->heads % key->heads != 0 || query->size != key->size || key->steps != query->steps ||
      value->steps != query->steps || key->batch != query->batch || value->batch != query->batch)
    return call.fail("queries, keys and values do not go together");
  if (made.gated && !goes_with_steps(call.in(4).shape, *key, {key->heads, key->heads * key->size}))
    return call.fail("its decay does not go together with the keys");
  if (made.corrected && !goes_with_steps(call.in(5).shape, *key, {key->heads, 1}))
    return call.fail("its beta does not go together with the keys");
  return made;
}

/// One state [size of keys, size of values] of one head, step by step.
class State {
 public:
  State(const OperatorCall& call, const Linear& layer, double* values)
      : call_{call}, layer_{layer}, values_{values} {}

  void step(std::int64_t b, std::int64_t head, std::int64_t step) {
    const auto keys = layer_.key.size;
    const auto columns = layer_.value.size;
    const auto* const key = call_.in(1).values.data() + layer_.key.at(b, head, step);
    const auto* const value = call_.in(2).values.data() + layer_.value.at(b, head, step);
    if (layer_.gated) decay(b, head, step);
    for (std::int64_t column = 0; column < columns; ++column) {
      double fresh = value[column];
      if (layer_.corrected) {
        for (std::int64_t i = 0; i < keys; ++i) fresh -= values_[i * columns + column] * key[i];
        fresh *= beta(b, head, step);
      }
      for (std::int64_t i = 0; i < keys; ++i) values_[i * columns + column] += key[i] * fresh;
    }
  }

  void read(const double* query, double* to) const {
    for (std::int64_t column = 0; column < layer_.value.size; ++column) {
      double sum = 0.0;
      for (std::int64_t i = 0; i < layer_.key.size; ++i)
        sum += query[i] * values_[i * layer_.value.size + column];
      to[column] = layer_.scale * sum;
    }
  }

 private:
  /// One factor per head, or one per element of the keys.
  void decay(std::int64_t b, std::int64_t head, std::int64_t step) {
    const auto& input = call_.in(4);
    const auto each = input.shape[2] / layer_.key.heads;
    const auto start = ((b * layer_.key.steps + step) * layer_.key.heads + head) * each;
    for (std::int64_t i = 0; i < layer_.key.size; ++i) {
      const auto factor = std::exp(input.values[static_cast<std::size_t>(start + (each == 1 ? 0 : i))]);
      for (std::int64_t column = 0; column < layer_.value.size; ++column)
        values_[i * layer_.value.size + column] *= factor;
    }
  }

  [[nodiscard]] double beta(std::int64_t b, std::int64_t head, std::int64_t step) const {
    const auto& input = call_.in(5);
    const auto each = input.shape[2];
    return input
        .values[static_cast<std::size_t>((b * layer_.key.steps + step) * each + (each == 1 ? 0 : head))];
  }

  const OperatorCall& call_;
  const Linear& layer_;
  double* values_;
};

Result<Data> linear_attention(const OperatorCall& call) {
  const auto layer = linear_of(call);
  if (!layer) return tl::unexpected{layer.error()};
  const auto& [query, key, value, gated, corrected, scale] = *layer;
  const Shape state_shape{key.batch, key.heads, key.size, value.size};
  auto state = call.has(3) ? call.in(3) : zeros(call.in(0).dtype, state_shape);
  if (state.shape != state_shape) return call.fail("its state does not go together with keys and values");
  Heads to = query;
  to.size = value.size;
  auto made = zeros(call.in(0).dtype, to.shape());
  const auto group = query.heads / key.heads;
  for (std::int64_t b = 0; b < key.batch; ++b)
    for (std::int64_t head = 0; head < key.heads; ++head) {
      State one{call, *layer, state.values.data() + (b * key.heads + head) * key.size * value.size};
      for (std::int64_t step = 0; step < key.steps; ++step) {
        one.step(b, head, step);
        for (auto reader = head * group; reader < (head + 1) * group; ++reader)
          one.read(call.in(0).values.data() + query.at(b, reader, step),
                   made.values.data() + to.at(b, reader, step));
      }
    }
  round_values(made);
  round_values(state);
  return outputs_of(std::move(made), std::move(state));
}

/// A convolution of each channel with the steps up to its own: input [batch, channels, steps].
Result<Data> causal_convolution(const OperatorCall& call) {
  const auto& input = call.in(0);
  const auto& weight = call.in(1);
  if (input.shape.rank() != 3 || weight.shape.rank() != 3 || weight.shape[0] != input.shape[1] ||
      weight.shape[1] != 1 || weight.shape[2] < 1 ||
      (call.has(2) && call.in(2).shape.elements() != input.shape[1]))
    return call.fail("input and weights do not go together");
  const auto taps = weight.shape[2];
  const auto steps = input.shape[2];
  const Shape state_shape{input.shape[0], input.shape[1], taps - 1};
  const auto past = call.has(3) ? call.in(3) : zeros(input.dtype, state_shape);
  if (past.shape != state_shape) return call.fail("its state does not go together with the weights");
  const auto activation = call.view.text("activation", "none");
  auto made = zeros(input.dtype, input.shape);
  auto state = zeros(input.dtype, state_shape);
  for (std::int64_t line = 0; line < input.shape[0] * input.shape[1]; ++line) {
    const auto channel = line % input.shape[1];
    Line known(past.values.begin() + line * (taps - 1), past.values.begin() + (line + 1) * (taps - 1));
    known.insert(known.end(), input.values.begin() + line * steps, input.values.begin() + (line + 1) * steps);
    for (std::int64_t step = 0; step < steps; ++step) {
      double sum = call.has(2) ? call.in(2).values[static_cast<std::size_t>(channel)] : 0.0;
      for (std::int64_t tap = 0; tap < taps; ++tap)
        sum += known[static_cast<std::size_t>(step + tap)] *
               weight.values[static_cast<std::size_t>(channel * taps + tap)];
      if (activation != "none") sum /= 1.0 + std::exp(-sum);
      made.values[static_cast<std::size_t>(line * steps + step)] = sum;
    }
    std::copy(known.end() - (taps - 1), known.end(), state.values.begin() + line * (taps - 1));
  }
  round_values(made);
  return outputs_of(std::move(made), std::move(state));
}

/// Input, cosines, sines, positions: pairs of elements turned by the angle of their step.
Result<Data> rotary_embedding(const OperatorCall& call) {
  const auto given = Heads::of(call, call.in(0).shape, call.view.integer("num_heads", 0));
  if (!given) return tl::unexpected{given.error()};
  const auto& heads = *given;
  const auto turned = call.view.integer("rotary_embedding_dim", 0);
  const auto half = (turned == 0 ? heads.size : turned) / 2;
  const bool interleaved = call.view.integer("interleaved", 0) != 0;
  const auto& cosines = call.in(1).values;
  const auto& sines = call.in(2).values;
  const auto rows = half == 0 ? 0 : static_cast<std::int64_t>(std::min(cosines.size(), sines.size())) / half;
  if (half < 0 || 2 * half > heads.size ||
      (call.has(3) && call.in(3).shape.elements() != heads.batch * heads.steps))
    return call.fail("its positions or angles do not go together with its input");
  auto made = call.in(0);
  for (std::int64_t b = 0; b < heads.batch; ++b)
    for (std::int64_t step = 0; step < heads.steps; ++step) {
      const auto line = b * heads.steps + step;
      const auto row = call.has(3) ? integer_of(call.in(3).values[static_cast<std::size_t>(line)]) : line;
      if (row < 0 || row >= rows) return call.fail("a position has no sine and cosine");
      const auto start = static_cast<std::size_t>(row * half);
      for (std::int64_t head = 0; head < heads.heads; ++head)
        for (std::int64_t i = 0; i < half; ++i) {
          auto& first = made.values[heads.at(b, head, step, interleaved ? 2 * i : i)];
          auto& second = made.values[heads.at(b, head, step, interleaved ? 2 * i + 1 : i + half)];
          const auto at = start + static_cast<std::size_t>(i);
          const auto real = cosines[at] * first - sines[at] * second;
          second = sines[at] * first + cosines[at] * second;
          first = real;
        }
    }
  round_values(made);
  return outputs_of(std::move(made));
}

}  // namespace

std::span<const Operator> recurrence_operators() {
  static constexpr std::array rows{
      Operator{"", "CausalConvWithState", 2, causal_convolution},
      Operator{"", "LinearAttention", 3, linear_attention},
      Operator{"", "RotaryEmbedding", 3, rotary_embedding},
  };
  return rows;
}

}  // namespace ns
