#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cmath>

namespace ns::reference {
namespace {

double square(double x) { return x * x; }

double normalised(const Norm& layer, double x, double squares, double count) {
  return x * std::pow(layer.k + layer.alpha / count * squares, -layer.beta);
}

void run_across(const Norm& layer, const Operands& operands) {
  const Array& input = operands.input();
  const AxisView view = view_along(input.shape, 1);
  const std::int64_t half = layer.size / 2;
  for (std::int64_t n = 0; n < view.outer; ++n) {
    for (std::int64_t c = 0; c < view.extent; ++c) {
      for (std::int64_t i = 0; i < view.inner; ++i) {
        const auto place = [&](std::int64_t channel) {
          return static_cast<std::size_t>((n * view.extent + channel) * view.inner + i);
        };
        double squares = 0.0;
        for (std::int64_t k = std::max<std::int64_t>(0, c - half); k <= std::min(view.extent - 1, c + half);
             ++k)
          squares += square(input.values[place(k)]);
        operands.output().values[place(c)] =
            normalised(layer, input.values[place(c)], squares, static_cast<double>(layer.size));
      }
    }
  }
}

double window_squares(const Norm& layer, const double* plane, const Shape& shape, std::int64_t y,
                      std::int64_t x) {
  const std::int64_t half = layer.size / 2;
  double squares = 0.0;
  for (std::int64_t row = std::max<std::int64_t>(0, y - half); row <= std::min(shape[2] - 1, y + half); ++row)
    for (std::int64_t column = std::max<std::int64_t>(0, x - half);
         column <= std::min(shape[3] - 1, x + half); ++column)
      squares += square(plane[row * shape[3] + column]);
  return squares;
}

void run_within(const Norm& layer, const Operands& operands) {
  const Array& input = operands.input();
  const std::int64_t height = input.shape[2];
  const std::int64_t width = input.shape[3];
  const auto count = static_cast<double>(layer.size * layer.size);
  for (std::int64_t map = 0; map < input.shape[0] * input.shape[1]; ++map) {
    const double* const plane = input.values.data() + map * height * width;
    for (std::int64_t y = 0; y < height; ++y) {
      for (std::int64_t x = 0; x < width; ++x) {
        const std::int64_t place = y * width + x;
        operands.output().values[static_cast<std::size_t>(map * height * width + place)] =
            normalised(layer, plane[place], window_squares(layer, plane, input.shape, y, x), count);
      }
    }
  }
}

/// y = x * scale + shift, one of each per channel.
void run_affine(const Operands& operands, const std::vector<double>& scale,
                const std::vector<double>& shift) {
  const AxisView view = view_along(operands.input().shape, 1);
  for (std::size_t i = 0; i < operands.input().values.size(); ++i) {
    const auto channel = static_cast<std::size_t>(static_cast<std::int64_t>(i) / view.inner % view.extent);
    operands.output().values[i] = operands.input().values[i] * scale[channel] + shift[channel];
  }
}

void run_scale(const Norm& layer, const Operands& operands) {
  const auto& scale = operands.weights[0].values;
  run_affine(operands, scale, layer.bias ? operands.weights[1].values : std::vector(scale.size(), 0.0));
}

void run_batch(const Norm& layer, const Operands& operands) {
  const auto weight = [&](std::size_t slot, std::size_t i) { return operands.weights[slot].values[i]; };
  const std::size_t channels = operands.weights[0].values.size();
  // Caffe keeps running sums and, in the third blob, what to divide them by (0: never trained).
  const double sum = layer.factor ? weight(operands.weights.size() - 1, 0) : 1.0;
  const double factor = sum == 0.0 ? 0.0 : 1.0 / sum;
  std::vector<double> scale(channels);
  std::vector<double> shift(channels);
  for (std::size_t c = 0; c < channels; ++c) {
    scale[c] = (layer.affine ? weight(2, c) : 1.0) / std::sqrt(weight(1, c) * factor + layer.epsilon);
    shift[c] = (layer.affine ? weight(3, c) : 0.0) - weight(0, c) * factor * scale[c];
  }
  run_affine(operands, scale, shift);
}

/// `lines` of `count` values side by side, each normalised for itself.
struct Lines {
  std::int64_t count = 1;
  std::int64_t per_weight = 1;  // neighbours that share a scale and a shift
  std::int64_t weights = 1;     // how many of these follow each other before they begin anew
};

Lines lines_of(const Norm& layer, const Shape& shape) {
  if (layer.kind == Norm::Kind::layer || layer.kind == Norm::Kind::rms) {
    const auto count = shape.elements(static_cast<std::size_t>(layer.axis), shape.rank());
    return {count, 1, count};
  }
  const auto plane = shape.elements(2, shape.rank());
  const auto parts = layer.kind == Norm::Kind::instance ? shape[1] : layer.groups;
  return {shape[1] / parts * plane, plane, shape[1]};
}

struct Moments {
  double mean = 0.0;
  double square = 0.0;  // mean square of the distance from the mean
};

Moments moments_of(const double* line, std::int64_t count, bool centred) {
  Moments made;
  if (centred) {
    for (std::int64_t i = 0; i < count; ++i) made.mean += line[i];
    made.mean /= static_cast<double>(count);
  }
  for (std::int64_t i = 0; i < count; ++i) {
    made.square += square(line[i] - made.mean);
  }
  made.square /= static_cast<double>(count);
  return made;
}

/// layer, rms, instance, group.
void run_lines(const Norm& layer, const Operands& operands) {
  const auto& from = operands.input().values;
  const Lines lines = lines_of(layer, operands.input().shape);
  for (std::size_t start = 0; start < from.size(); start += static_cast<std::size_t>(lines.count)) {
    const auto [mean, square] = moments_of(from.data() + start, lines.count, layer.kind != Norm::Kind::rms);
    const double factor = 1.0 / std::sqrt(square + layer.epsilon);
    for (std::size_t i = start; i < start + static_cast<std::size_t>(lines.count); ++i) {
      const auto slot =
          static_cast<std::size_t>(static_cast<std::int64_t>(i) / lines.per_weight % lines.weights);
      double value = (from[i] - mean) * factor;
      if (layer.affine) value *= operands.weights[0].values[slot];
      if (layer.affine && layer.bias) value += operands.weights[1].values[slot];
      operands.output().values[i] = value;
    }
  }
}

}  // namespace

void run(const Norm& layer, const Operands& operands) {
  switch (layer.kind) {
    case Norm::Kind::lrn:
      return run_across(layer, operands);
    case Norm::Kind::lrn_within:
      return run_within(layer, operands);
    case Norm::Kind::batch:
      return run_batch(layer, operands);
    case Norm::Kind::scale:
      return run_scale(layer, operands);
    case Norm::Kind::layer:
    case Norm::Kind::rms:
    case Norm::Kind::instance:
    case Norm::Kind::group:
      return run_lines(layer, operands);
  }
}

}  // namespace ns::reference
