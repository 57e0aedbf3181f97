// Scaled products of queries and keys that weigh values.
#include "runtime/interpreter/interpreter.hpp"
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/operators/heads.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

constexpr double never = -std::numeric_limits<double>::infinity();

/// A tensor with what its axes mean.
struct Vectors {
  Heads heads;
  Array array;

  [[nodiscard]] const double* at(std::int64_t b, std::int64_t head, std::int64_t step) const {
    return array.values.data() + heads.at(b, head, step);
  }
};

Result<Vectors> vectors_of(const OperatorCall& call, std::size_t i, std::string_view heads) {
  auto made = Heads::of(call, call.in(i).shape, call.view.integer(heads, 0));
  if (!made) return tl::unexpected{std::move(made.error())};
  return Vectors{*made, call.in(i)};
}

/// [batch, heads, steps, size]: the steps of input `past`, if it is there, then the new ones.
Result<Vectors> present(const OperatorCall& call, const Vectors& fresh, std::size_t past) {
  const auto& from = fresh.heads;
  const auto before = call.has(past) ? call.in(past).shape : Shape{from.batch, from.heads, 0, from.size};
  if (before.rank() != 4 || before[0] != from.batch || before[1] != from.heads || before[3] != from.size)
    return call.fail("past keys or values do not go together with the new ones");
  Vectors made{{from.batch, from.heads, before[2] + from.steps, from.size, false}, {}};
  made.array = zeros(fresh.array.dtype, made.heads.shape());
  for (std::int64_t b = 0; b < from.batch; ++b)
    for (std::int64_t head = 0; head < from.heads; ++head) {
      auto to = made.array.values.begin() + static_cast<std::ptrdiff_t>(made.heads.at(b, head, 0));
      if (call.has(past)) {
        const auto run = before[2] * from.size;
        to = std::copy_n(call.in(past).values.begin() + (b * from.heads + head) * run, run, to);
      }
      for (std::int64_t step = 0; step < from.steps; ++step)
        to = std::copy_n(fresh.at(b, head, step), from.size, to);
    }
  return made;
}

/// [batch, heads of the queries, steps of the queries, steps of the keys].
Array scores_of(const Vectors& queries, const Vectors& keys, double scale) {
  const auto& q = queries.heads;
  auto scores = zeros(queries.array.dtype, Shape{q.batch, q.heads, q.steps, keys.heads.steps});
  const auto group = std::max<std::int64_t>(1, q.heads / std::max<std::int64_t>(1, keys.heads.heads));
  auto to = scores.values.begin();
  for (std::int64_t b = 0; b < q.batch; ++b)
    for (std::int64_t head = 0; head < q.heads; ++head)
      for (std::int64_t step = 0; step < q.steps; ++step)
        for (std::int64_t key = 0; key < keys.heads.steps; ++key) {
          const auto* const query = queries.at(b, head, step);
          const auto* const other = keys.at(b, head / group, key);
          double sum = 0.0;
          for (std::int64_t i = 0; i < q.size; ++i) sum += query[i] * other[i];
          *to++ = sum * scale;
        }
  return scores;
}

/// Values weighed by probabilities [batch, heads, steps, steps of the values], as the queries are laid out.
Array weighed(const Array& probabilities, const Vectors& values, const Heads& queries) {
  const auto& v = values.heads;
  Heads to = queries;
  to.size = v.size;
  auto made = zeros(values.array.dtype, to.shape());
  const auto group = std::max<std::int64_t>(1, to.heads / std::max<std::int64_t>(1, v.heads));
  auto weight = probabilities.values.begin();
  for (std::int64_t b = 0; b < to.batch; ++b)
    for (std::int64_t head = 0; head < to.heads; ++head)
      for (std::int64_t step = 0; step < to.steps; ++step) {
        auto* const sums = made.values.data() + to.at(b, head, step);
        for (std::int64_t key = 0; key < v.steps; ++key, ++weight) {
          const auto* const value = values.at(b, head / group, key);
          for (std::int64_t i = 0; i < v.size; ++i) sums[i] += *weight * value[i];
        }
      }
  round_values(made);
  return made;
}

/// Over the last axis.
void softmax(Array& scores) {
  const auto count = static_cast<std::size_t>(scores.shape[3]);
  for (std::size_t start = 0; start < scores.values.size(); start += count) {
    const auto line = std::span{scores.values}.subspan(start, count);
    const auto most = std::ranges::max(line);
    double sum = 0.0;
    for (double& value : line) sum += value = std::exp(value - most);
    for (double& value : line) value /= sum;
  }
}

constexpr std::int64_t allows_short_masks = 24;

/// What a mask adds to a score. Since opset 24 it may speak of fewer keys than there are; the others are not
/// looked at. Before, its last axis broadcasts like all others.
class Mask {
 public:
  static Result<Mask> of(const OperatorCall& call, const Shape& scores) {
    Mask mask;
    if (!call.has(3)) return mask;
    mask.array_ = &call.in(3);
    const auto& shape = mask.array_->shape;
    if (shape.rank() > 4 || shape.rank() == 0) return call.fail("its mask has no or more than 4 axes");
    const bool may_be_short = call.view.opset() >= allows_short_masks;
    std::int64_t stride = 1;
    for (std::size_t axis = shape.rank(); axis-- > 0;) {
      const auto place = axis + 4 - shape.rank();
      const bool is_short = place == 3 && may_be_short;
      if (is_short ? shape[axis] > scores[3] : shape[axis] != 1 && shape[axis] != scores[place])
        return call.fail("its mask does not go together with the scores");
      mask.strides_[place] = !is_short && shape[axis] == 1 ? 0 : stride;
      stride *= shape[axis];
    }
    mask.known_ = may_be_short ? shape[shape.rank() - 1] : scores[3];
    return mask;
  }

  [[nodiscard]] double at(std::int64_t b, std::int64_t head, std::int64_t step, std::int64_t key) const {
    if (array_ == nullptr) return 0.0;
    if (key >= known_) return never;
    const auto place = b * strides_[0] + head * strides_[1] + step * strides_[2] + key * strides_[3];
    const auto value = array_->values[static_cast<std::size_t>(place)];
    if (array_->dtype == DType::boolean) return value != 0.0 ? 0.0 : never;
    return value;
  }

 private:
  const Array* array_ = nullptr;
  std::array<std::int64_t, 4> strides_{};
  std::int64_t known_ = 0;  // keys that the mask speaks of
};

/// Adds the mask; no query looks at later keys if it is causal, nor at keys that are padding.
Result<void> mask_scores(const OperatorCall& call, Array& scores, std::int64_t past) {
  const auto& shape = scores.shape;
  const auto mask = Mask::of(call, shape);
  if (!mask) return tl::unexpected{mask.error()};
  const bool causal = call.view.integer("is_causal", 0) != 0;
  auto score = scores.values.begin();
  for (std::int64_t b = 0; b < shape[0]; ++b) {
    const auto known = call.has(6) ? integer_of(call.in(6).values[static_cast<std::size_t>(b)]) : shape[3];
    for (std::int64_t head = 0; head < shape[1]; ++head)
      for (std::int64_t step = 0; step < shape[2]; ++step)
        for (std::int64_t key = 0; key < shape[3]; ++key, ++score) {
          const bool is_hidden = (causal && key > past + step) || key >= known;
          const double added = is_hidden ? never : mask->at(b, head, step, key);
          *score += added;
        }
  }
  return {};
}

void cap(Array& scores, double most) {
  if (most <= 0.0) return;
  for (double& score : scores.values) score = most * std::tanh(score / most);
}

double scale_of(const OperatorCall& call, const Vectors& queries) {
  return call.view.real("scale", 1.0 / std::sqrt(static_cast<double>(queries.heads.size)));
}

bool go_together(const Heads& q, const Heads& k, const Heads& v) {
  return q.batch == k.batch && k.batch == v.batch && q.size == k.size && k.steps == v.steps && k.heads > 0 &&
         v.heads == k.heads && q.heads % k.heads == 0;
}

/// Inputs: query, key, value, mask, past key, past value, lengths without padding.
Result<Data> attention(const OperatorCall& call) {
  const auto queries = vectors_of(call, 0, "q_num_heads");
  auto fresh_keys = vectors_of(call, 1, "kv_num_heads");
  auto fresh_values = vectors_of(call, 2, "kv_num_heads");
  for (const auto* each : {&queries, &std::as_const(fresh_keys), &std::as_const(fresh_values)})
    if (!*each) return tl::unexpected{each->error()};
  const auto keys = present(call, *fresh_keys, 4);
  const auto values = present(call, *fresh_values, 5);
  if (!keys) return tl::unexpected{keys.error()};
  if (!values) return tl::unexpected{values.error()};
  if (!go_together(queries->heads, keys->heads, values->heads))
    return call.fail("queries, keys and values do not go together");
  if (call.has(6) && call.in(6).values.size() != static_cast<std::size_t>(queries->heads.batch))
    return call.fail("its lengths are not one per batch");
  auto scores = scores_of(*queries, *keys, scale_of(call, *queries));
  const auto shown = call.view.integer("qk_matmul_output_mode", 0);
  Array seen = shown == 0 ? scores : Array{};
  cap(scores, call.view.real("softcap", 0.0));
  if (shown == 1) seen = scores;
  if (auto masked = mask_scores(call, scores, keys->heads.steps - fresh_keys->heads.steps); !masked)
    return tl::unexpected{std::move(masked.error())};
  if (shown == 2) seen = scores;
  softmax(scores);
  if (shown == 3) seen = scores;
  round_values(seen);
  return outputs_of(weighed(scores, *values, queries->heads), keys->array, values->array, std::move(seen));
}

/// Runs a subgraph that makes one tensor of another of the same shape; nothing to do where there is none.
Result<void> modify(const OperatorCall& call, std::string_view attribute, Array& scores) {
  const auto* const body = call.view.graph(attribute);
  if (body == nullptr) return {};
  auto made = call.interpreter.run(*body, {Datum{scores}}, call.scope);
  if (!made) return tl::unexpected{std::move(made.error())};
  if (made->size() != 1 || made->front().array.shape != scores.shape)
    return call.fail("a subgraph changes the shape of the scores");
  scores = std::move(made->front().array);
  return {};
}

/// Attention whose scores and probabilities subgraphs change.
Result<Data> flex_attention(const OperatorCall& call) {
  const auto queries = vectors_of(call, 0, "");
  const auto keys = vectors_of(call, 1, "");
  const auto values = vectors_of(call, 2, "");
  for (const auto* each : {&queries, &keys, &values})
    if (!*each) return tl::unexpected{each->error()};
  if (!go_together(queries->heads, keys->heads, values->heads))
    return call.fail("queries, keys and values do not go together");
  auto scores = scores_of(*queries, *keys, scale_of(call, *queries));
  if (scores.dtype != DType::float64) scores.dtype = DType::float32;
  round_values(scores);
  if (auto done = modify(call, "score_mod", scores); !done) return tl::unexpected{std::move(done.error())};
  softmax(scores);
  round_values(scores);
  if (auto done = modify(call, "prob_mod", scores); !done) return tl::unexpected{std::move(done.error())};
  return outputs_of(weighed(scores, *values, queries->heads));
}

}  // namespace

std::span<const Operator> attention_operators() {
  static constexpr std::array rows{
      Operator{"", "Attention", 3, attention},
      Operator{"ai.onnx.preview", "FlexAttention", 3, flex_attention},
  };
  return rows;
}

}  // namespace ns
