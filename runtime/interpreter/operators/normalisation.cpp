// Norms in the forms that no layer type has: with their statistics as outputs, in training.
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/operators/spread.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

/// Mean and mean square distance from it, over all elements that share a place in `shape`: that of the input
/// with 1 for each axis that is gone.
struct Moments {
  Array mean;
  Array variance;
};

Moments moments_of(const Array& input, const Shape& shape) {
  Moments made{zeros(DType::float64, shape), zeros(DType::float64, shape)};
  const Spread spread{input.shape, shape};
  const auto count = static_cast<double>(input.values.size()) /
                     static_cast<double>(std::max<std::size_t>(1, made.mean.values.size()));
  for (std::size_t i = 0; i < input.values.size(); ++i) made.mean.values[spread.at(i)] += input.values[i];
  for (double& mean : made.mean.values) mean /= count;
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    const auto place = spread.at(i);
    const auto distance = input.values[i] - made.mean.values[place];
    made.variance.values[place] += distance * distance / count;
  }
  return made;
}

/// The shape with one element on each axis of which `gone` is true.
template <class Gone>
Shape reduced(Shape shape, const Gone& gone) {
  for (std::size_t axis = 0; axis < shape.rank(); ++axis)
    if (gone(axis)) shape[axis] = 1;
  return shape;
}

Array as(DType dtype, Array array) {
  array.dtype = dtype;
  round_values(array);
  return array;
}

/// Scales and shifts by inputs 1 and 2, spread over the output.
Result<void> scale_and_shift(const OperatorCall& call, Array& made) {
  for (std::size_t input = 1; input <= 2; ++input) {
    if (!call.has(input)) continue;
    const Spread spread{made.shape, call.in(input).shape};
    if (!spread.fits()) return call.fail("its scale or shift does not go together with its input");
    for (std::size_t i = 0; i < made.values.size(); ++i) {
      const auto value = call.in(input).values[spread.at(i)];
      made.values[i] = input == 1 ? made.values[i] * value : made.values[i] + value;
    }
  }
  return {};
}

/// Over the axes from `axis` on; its statistics are outputs too.
Result<Data> layer_normalisation(const OperatorCall& call) {
  const auto& input = call.in(0);
  const auto axis = call.view.axis(call.view.integer("axis", -1), input.shape.rank());
  if (!axis) return tl::unexpected{axis.error()};
  auto [mean, spread_out] = moments_of(input, reduced(input.shape, [&](auto each) { return each >= *axis; }));
  for (double& value : spread_out.values) value = 1.0 / std::sqrt(value + call.view.real("epsilon", 1e-5));
  const Spread spread{input.shape, mean.shape};
  Array made = input;
  for (std::size_t i = 0; i < made.values.size(); ++i)
    made.values[i] = (made.values[i] - mean.values[spread.at(i)]) * spread_out.values[spread.at(i)];
  if (auto done = scale_and_shift(call, made); !done) return tl::unexpected{std::move(done.error())};
  round_values(made);
  const auto dtype = input.dtype == DType::float64 ? DType::float64 : DType::float32;
  return outputs_of(std::move(made), as(dtype, std::move(mean)), as(dtype, std::move(spread_out)));
}

Result<Data> rms_normalisation(const OperatorCall& call) {
  Array made = call.in(0);
  const auto axis = call.view.axis(call.view.integer("axis", -1), made.shape.rank());
  if (!axis) return tl::unexpected{axis.error()};
  auto squares = made;
  for (double& value : squares.values) value *= value;
  const auto [mean, unused] =
      moments_of(squares, reduced(made.shape, [&](auto each) { return each >= *axis; }));
  const Spread spread{made.shape, mean.shape};
  for (std::size_t i = 0; i < made.values.size(); ++i)
    made.values[i] /= std::sqrt(mean.values[spread.at(i)] + call.view.real("epsilon", 1e-5));
  if (auto done = scale_and_shift(call, made); !done) return tl::unexpected{std::move(done.error())};
  round_values(made);
  return outputs_of(std::move(made));
}

/// Each vector along an axis divided by its p-norm; one of zeros stays.
Result<Data> lp_normalisation(const OperatorCall& call) {
  Array made = call.in(0);
  const auto axis = call.view.axis(call.view.integer("axis", -1), made.shape.rank());
  if (!axis) return tl::unexpected{axis.error()};
  const bool absolute = call.view.integer("p", 2) == 1;
  auto sums = zeros(DType::float64, reduced(made.shape, [&](auto each) { return each == *axis; }));
  const Spread spread{made.shape, sums.shape};
  for (std::size_t i = 0; i < made.values.size(); ++i)
    sums.values[spread.at(i)] += absolute ? std::abs(made.values[i]) : made.values[i] * made.values[i];
  for (std::size_t i = 0; i < made.values.size(); ++i) {
    const auto sum = sums.values[spread.at(i)];
    if (sum != 0.0) made.values[i] /= absolute ? sum : std::sqrt(sum);
  }
  round_values(made);
  return outputs_of(std::move(made));
}

/// Mean 0 and deviation 1 over `axes`.
Result<Data> mean_variance_normalisation(const OperatorCall& call) {
  Array made = call.in(0);
  const auto given = call.view.integers("axes");
  std::vector<std::int64_t> axes{given.begin(), given.end()};
  if (axes.empty()) axes = {0, 2, 3};
  std::vector<bool> gone(made.shape.rank(), false);
  for (const auto each : axes) {
    const auto axis = call.view.axis(each, made.shape.rank());
    if (!axis) return tl::unexpected{axis.error()};
    gone[*axis] = true;
  }
  const auto [mean, variance] = moments_of(made, reduced(made.shape, [&](auto axis) { return gone[axis]; }));
  const Spread spread{made.shape, mean.shape};
  constexpr double epsilon = 1e-9;  // of the specification
  for (std::size_t i = 0; i < made.values.size(); ++i) {
    const auto place = spread.at(i);
    made.values[i] = (made.values[i] - mean.values[place]) / (std::sqrt(variance.values[place]) + epsilon);
  }
  round_values(made);
  return outputs_of(std::move(made));
}

/// In training: by the batch's own mean and variance, of which outputs 1 and 2 are running averages.
Result<Data> batch_normalisation(const OperatorCall& call) {
  const auto& input = call.in(0);
  if (call.view.integer("training_mode", 0) == 0 || input.shape.rank() < 2)
    return call.fail("is not computed here in this form");
  const auto [mean, variance] = moments_of(input, reduced(input.shape, [](auto axis) { return axis != 1; }));
  const auto channels = mean.values.size();
  for (std::size_t i = 1; i < 5; ++i)
    if (call.in(i).values.size() != channels) return call.fail("its inputs are not one number per channel");
  const auto momentum = call.view.real("momentum", 0.9);
  auto running_mean = call.in(3);
  auto running_variance = call.in(4);
  for (std::size_t c = 0; c < channels; ++c) {
    auto& average = running_mean.values[c];
    average = average * momentum + mean.values[c] * (1.0 - momentum);
    auto& spread = running_variance.values[c];
    spread = spread * momentum + variance.values[c] * (1.0 - momentum);
  }
  const Spread spread{input.shape, mean.shape};
  Array made = input;
  for (std::size_t i = 0; i < made.values.size(); ++i) {
    const auto c = spread.at(i);
    const auto deviation = std::sqrt(variance.values[c] + call.view.real("epsilon", 1e-5));
    made.values[i] =
        (made.values[i] - mean.values[c]) / deviation * call.in(1).values[c] + call.in(2).values[c];
  }
  round_values(made);
  round_values(running_mean);
  round_values(running_variance);
  return outputs_of(std::move(made), std::move(running_mean), std::move(running_variance));
}

/// A number from 0 to below 1, as numpy makes one of a Mersenne twister.
double uniform(std::mt19937& engine) {
  const auto high = static_cast<double>(engine() >> 5U);
  const auto low = static_cast<double>(engine() >> 6U);
  return (high * 67108864.0 + low) / 9007199254740992.0;  // 2^26, 2^53
}

/// Passes its input on; in training, zeros the share `ratio` of it, the same for the same seed (without one,
/// as for 0). The second output says what stays.
Result<Data> dropout(const OperatorCall& call) {
  Array made = call.in(0);
  Array kept{DType::boolean, made.shape, std::vector<double>(made.values.size(), 1.0)};
  const auto ratio = call.number(1, 0.5);
  if (call.number(2, 0.0) != 0.0 && ratio != 0.0) {
    std::mt19937 engine{static_cast<std::uint32_t>(call.view.integer("seed", 0))};
    for (std::size_t i = 0; i < made.values.size(); ++i) {
      kept.values[i] = uniform(engine) >= ratio ? 1.0 : 0.0;
      made.values[i] *= kept.values[i] / (1.0 - ratio);
    }
    round_values(made);
  }
  return outputs_of(std::move(made), std::move(kept));
}

}  // namespace

std::span<const Operator> normalisation_operators() {
  static constexpr std::array rows{
      Operator{"", "BatchNormalization", 5, batch_normalisation},
      Operator{"", "Dropout", 1, dropout},
      Operator{"", "LayerNormalization", 2, layer_normalisation},
      Operator{"", "LpNormalization", 1, lp_normalisation},
      Operator{"", "MeanVarianceNormalization", 1, mean_variance_normalisation},
      Operator{"", "RMSNormalization", 2, rms_normalisation},
  };
  return rows;
}

}  // namespace ns
