#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ns::reference {
namespace {

constexpr double hidden = -std::numeric_limits<double>::infinity();

/// One layer with its tensors at hand.
struct Call {
  const Attention& layer;
  const AttentionOperands& shapes;
  const double* queries;
  const double* keys;
  const double* values;
  const double* mask;  // null: none
  double scale;
};

/// How many keys the query at `step` may look at.
std::int64_t visible(const Call& call, std::int64_t step) {
  auto count = call.shapes.keys.steps;
  if (call.shapes.mask) count = std::min(count, call.shapes.mask->keys);
  return call.layer.causal ? std::min(count, step + 1) : count;
}

double masked(const Call& call, double score, std::int64_t place) {
  const auto value = call.mask[place];
  if (!call.shapes.mask->hides) return score + value;
  if (value == 0.0) return hidden;
  return score;
}

/// Of one query with all keys; those that are hidden from it stand at minus infinity.
void score(const Call& call, std::int64_t b, std::int64_t head, std::int64_t step,
           std::vector<double>& scores) {
  const auto& [queries, keys, values, results, mask] = call.shapes;
  const double* const query = call.queries + queries.start(b, head) + step * queries.step_stride();
  const auto shared = call.shapes.shared_head(head);
  std::ranges::fill(scores, hidden);
  for (std::int64_t key = 0; key < visible(call, step); ++key) {
    const double* const other = call.keys + keys.start(b, shared) + key * keys.step_stride();
    double sum = 0.0;
    for (std::int64_t i = 0; i < keys.size; ++i) sum += query[i] * other[i];
    sum *= call.scale;
    if (call.layer.softcap != 0.0) sum = call.layer.softcap * std::tanh(sum / call.layer.softcap);
    if (mask) {
      const auto& strides = mask->strides;
      sum = masked(call, sum, b * strides[0] + head * strides[1] + step * strides[2] + key);
    }
    scores[static_cast<std::size_t>(key)] = sum;
  }
}

/// NaN if all are hidden, as ONNX's own implementation has it.
void softmax(std::vector<double>& scores) {
  double most = hidden;
  for (const double value : scores) most = std::max(most, value);
  double sum = 0.0;
  for (double& value : scores) sum += value = std::exp(value - most);
  for (double& value : scores) value /= sum;
}

void weigh(const Call& call, std::int64_t b, std::int64_t head, const std::vector<double>& weights,
           double* out) {
  const auto& values = call.shapes.values;
  const double* value = call.values + values.start(b, call.shapes.shared_head(head));
  std::fill_n(out, values.size, 0.0);
  for (const double weight : weights) {
    for (std::int64_t i = 0; i < values.size; ++i) out[i] += weight * value[i];
    value += values.step_stride();
  }
}

}  // namespace

void run(const Attention& layer, const Operands& operands) {
  std::vector<TensorType> types;
  for (const Array* input : operands.inputs) types.push_back({input->shape, input->dtype});
  const auto shapes = operands_of(layer, types);
  const auto values_of = [&](std::size_t i) { return operands.inputs[i]->values.data(); };
  const double* mask = nullptr;
  if (shapes.mask) mask = layer.mask.empty() ? values_of(3) : operands.weights[0].values.data();
  const Call call{layer, shapes, values_of(0), values_of(1), values_of(2), mask, scale_of(layer, shapes)};
  std::vector<double> scores(static_cast<std::size_t>(shapes.keys.steps));
  const auto& results = shapes.results;
  for (std::int64_t b = 0; b < results.batch; ++b) {
    for (std::int64_t head = 0; head < results.heads; ++head) {
      double* out = operands.output().values.data() + results.start(b, head);
      for (std::int64_t step = 0; step < results.steps; ++step, out += results.step_stride()) {
        score(call, b, head, step, scores);
        softmax(scores);
        weigh(call, b, head, scores, out);
      }
    }
  }
}

}  // namespace ns::reference
