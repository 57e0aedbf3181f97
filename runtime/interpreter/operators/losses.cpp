// Losses of classifiers: scores [batch, classes, ...] against the class that each place is of.
#include "runtime/interpreter/operators.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

/// The logarithms of the softmax over axis 1.
Array log_softmax(const Array& scores) {
  Array made = scores;
  const auto classes = static_cast<std::size_t>(scores.shape[1]);
  const auto inner = static_cast<std::size_t>(scores.shape.elements(2, scores.shape.rank()));
  for (std::size_t place = 0; place < scores.values.size() / std::max<std::size_t>(1, classes); ++place) {
    auto* const first = made.values.data() + place / inner * classes * inner + place % inner;
    double most = first[0];
    for (std::size_t c = 1; c < classes; ++c) most = std::max(most, first[c * inner]);
    double sum = 0.0;
    for (std::size_t c = 0; c < classes; ++c) sum += std::exp(first[c * inner] - most);
    for (std::size_t c = 0; c < classes; ++c) first[c * inner] -= most + std::log(sum);
  }
  return made;
}

/// Of log-probabilities, with weights per class in input 2; places of the class `ignore_index` count for
/// nothing.
Result<Array> likelihood_loss(const OperatorCall& call, const Array& logs) {
  const auto& classes = call.in(1);
  const auto count = logs.shape[1];
  const auto inner = logs.shape.elements(2, logs.shape.rank());
  if (classes.shape.elements() * count != logs.shape.elements())
    return call.fail("scores and classes do not go together");
  if (call.has(2) && call.in(2).shape.elements() != count)
    return call.fail("its weights are not one per class");
  const auto* const ignored = call.view.attribute("ignore_index");
  auto losses = zeros(logs.dtype, classes.shape);
  double sum = 0.0;
  double weights = 0.0;
  for (std::size_t i = 0; i < classes.values.size(); ++i) {
    const auto own = integer_of(classes.values[i]);
    if (ignored != nullptr && own == ignored->integer) continue;
    if (own < 0 || own >= count) return call.fail("a class is not among its scores");
    const auto weight = call.has(2) ? call.in(2).values[static_cast<std::size_t>(own)] : 1.0;
    const auto place = static_cast<std::int64_t>(i);
    const auto at = (place / inner * count + own) * inner + place % inner;
    losses.values[i] = -weight * logs.values[static_cast<std::size_t>(at)];
    sum += losses.values[i];
    weights += weight;
  }
  const auto reduction = call.view.text("reduction", "mean");
  if (reduction != "none") losses = {logs.dtype, Shape{}, {reduction == "sum" ? sum : sum / weights}};
  round_values(losses);
  return losses;
}

bool is_scores(const Array& array) { return array.shape.rank() >= 2; }

Result<Data> negative_log_likelihood_loss(const OperatorCall& call) {
  if (!is_scores(call.in(0))) return call.fail("its scores have no axis of classes");
  auto loss = likelihood_loss(call, call.in(0));
  if (!loss) return tl::unexpected{std::move(loss.error())};
  return outputs_of(std::move(*loss));
}

Result<Data> softmax_cross_entropy_loss(const OperatorCall& call) {
  if (!is_scores(call.in(0))) return call.fail("its scores have no axis of classes");
  auto logs = log_softmax(call.in(0));
  auto loss = likelihood_loss(call, logs);
  if (!loss) return tl::unexpected{std::move(loss.error())};
  round_values(logs);
  return outputs_of(std::move(*loss), std::move(logs));
}

}  // namespace

std::span<const Operator> loss_operators() {
  static constexpr std::array rows{
      Operator{"", "NegativeLogLikelihoodLoss", 2, negative_log_likelihood_loss},
      Operator{"", "SoftmaxCrossEntropyLoss", 2, softmax_cross_entropy_loss},
  };
  return rows;
}

}  // namespace ns
