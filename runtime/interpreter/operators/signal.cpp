// Fourier transforms and what goes with them: windows, mel weights.
#include "runtime/interpreter/operators.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdint>
#include <numbers>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;
using Complex = std::complex<double>;
using Spectrum = std::vector<Complex>;

/// The sum of each frequency by its definition; `sign` -1 transforms, 1 back without the division.
Spectrum transformed(const Spectrum& line, double sign) {
  const auto count = line.size();
  std::vector<Complex> turns(count);
  for (std::size_t i = 0; i < count; ++i)
    turns[i] =
        std::polar(1.0, sign * 2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count));
  Spectrum made(count);
  for (std::size_t k = 0; k < count; ++k)
    for (std::size_t i = 0; i < count; ++i) made[k] += line[i] * turns[k * i % count];
  return made;
}

/// The frequencies that a real signal leaves out: the mirrored ones' conjugates.
void complete(Spectrum& line, std::size_t known) {
  for (std::size_t k = known; k < line.size(); ++k)
    line[k] = line.size() - k < known ? std::conj(line[line.size() - k]) : Complex{};
}

/// An array whose last axis holds a number's one or two parts, seen along another axis.
struct Parts {
  std::int64_t extent = 1;
  std::int64_t inner = 1;  // numbers
  std::int64_t parts = 1;

  Parts(const Shape& shape, std::size_t axis)
      : extent{shape[axis]},
        inner{shape.elements(axis + 1, shape.rank() - 1)},
        parts{shape[shape.rank() - 1]} {}

  [[nodiscard]] std::size_t at(std::int64_t outer, std::int64_t i, std::int64_t place) const {
    return static_cast<std::size_t>(((outer * extent + i) * inner + place) * parts);
  }
};

/// Opset 17 has the axis as an attribute, later ones as input 2. One-sided transforms of real signals leave
/// out the mirrored half; back, they make real signals of it.
Result<Data> discrete_fourier_transform(const OperatorCall& call) {
  const auto& input = call.in(0);
  const auto rank = input.shape.rank();
  const bool inverse = call.view.integer("inverse", 0) != 0;
  const bool one_sided = call.view.integer("onesided", 0) != 0;
  const auto given = call.view.opset() < 20 ? call.view.integer("axis", 1) : call.integer(2, -2);
  const auto axis = call.view.axis(given, rank);
  if (!axis) return tl::unexpected{axis.error()};
  if (rank < 2 || *axis == rank - 1 || input.shape[rank - 1] > 2)
    return call.fail("its last axis does not hold the parts of numbers");
  const auto usual = inverse && one_sided ? 2 * (input.shape[*axis] - 1) : input.shape[*axis];
  const auto length = call.integer(1, usual);
  if (length < 1 || length > max_elements) return call.fail("its length is not one of a tensor");
  auto shape = input.shape;
  shape[*axis] = one_sided && !inverse ? length / 2 + 1 : length;
  shape[rank - 1] = one_sided && inverse ? 1 : 2;
  if (auto checked = check_shape(shape); !checked) return call.fail(checked.error().message);
  auto made = zeros(input.dtype, shape);
  const Parts from{input.shape, *axis};
  const Parts to{made.shape, *axis};
  for (std::int64_t outer = 0; outer < input.shape.elements(0, *axis); ++outer)
    for (std::int64_t place = 0; place < from.inner; ++place) {
      Spectrum line(static_cast<std::size_t>(length));
      const auto known = std::min(length, from.extent);
      for (std::int64_t i = 0; i < known; ++i) {
        const auto* const number = input.values.data() + from.at(outer, i, place);
        line[static_cast<std::size_t>(i)] = {number[0], from.parts == 2 ? number[1] : 0.0};
      }
      if (inverse && one_sided) complete(line, static_cast<std::size_t>(known));
      line = transformed(line, inverse ? 1.0 : -1.0);
      const auto scale = inverse ? 1.0 / static_cast<double>(length) : 1.0;
      for (std::int64_t i = 0; i < to.extent; ++i) {
        auto* const number = made.values.data() + to.at(outer, i, place);
        number[0] = line[static_cast<std::size_t>(i)].real() * scale;
        if (to.parts == 2) number[1] = line[static_cast<std::size_t>(i)].imag() * scale;
      }
    }
  round_values(made);
  return outputs_of(std::move(made));
}

/// Signal [batch, steps, parts], or [batch, steps] of real numbers as exporters write it; step between
/// frames, window, length of frames.
Result<Data> short_time_fourier_transform(const OperatorCall& call) {
  const auto& signal = call.in(0);
  const bool is_real = signal.shape.rank() == 2;
  if (!is_real && (signal.shape.rank() != 3 || signal.shape[2] > 2))
    return call.fail("its signal is not [batch, steps, parts]");
  const auto parts = is_real ? 1 : signal.shape[2];
  const auto usual = call.has(2) ? call.in(2).shape.elements() : signal.shape[1];
  const auto length = call.integer(3, usual);
  const auto step = call.integer(1, 0);
  if (step < 1 || length < 1 || length > signal.shape[1] ||
      (call.has(2) && call.in(2).shape.elements() != length))
    return call.fail("signal, window, step and length do not go together");
  const auto frames = 1 + (signal.shape[1] - length) / step;
  const auto kept = call.view.integer("onesided", 1) != 0 ? length / 2 + 1 : length;
  auto made = zeros(signal.dtype, Shape{signal.shape[0], frames, kept, 2});
  auto to = made.values.begin();
  for (std::int64_t frame = 0; frame < signal.shape[0] * frames; ++frame) {
    const auto start = frame / frames * signal.shape[1] + frame % frames * step;
    Spectrum line(static_cast<std::size_t>(length));
    for (std::size_t i = 0; i < line.size(); ++i) {
      const auto* const number = signal.values.data() + (start + static_cast<std::int64_t>(i)) * parts;
      line[i] = Complex{number[0], parts == 2 ? number[1] : 0.0} * (call.has(2) ? call.in(2).values[i] : 1.0);
    }
    line = transformed(line, -1.0);
    for (std::int64_t k = 0; k < kept; ++k) {
      *to++ = line[static_cast<std::size_t>(k)].real();
      *to++ = line[static_cast<std::size_t>(k)].imag();
    }
  }
  round_values(made);
  return outputs_of(std::move(made));
}

/// a0 - a1 cos(x) + a2 cos(2 x) over one period.
Result<Data> window(const OperatorCall& call, const std::array<double, 3>& a) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto count = static_cast<double>(made->values.size());
  const auto period = call.view.integer("periodic", 1) != 0 ? count : count - 1.0;
  for (std::size_t i = 0; i < made->values.size(); ++i) {
    const auto x = 2.0 * std::numbers::pi * static_cast<double>(i) / period;
    made->values[i] = a[0] - a[1] * std::cos(x) + a[2] * std::cos(2.0 * x);
  }
  round_values(*made);
  return outputs_of(std::move(*made));
}

Result<Data> hann_window(const OperatorCall& call) { return window(call, {0.5, 0.5, 0.0}); }
Result<Data> hamming_window(const OperatorCall& call) {
  return window(call, {25.0 / 46.0, 21.0 / 46.0, 0.0});
}
Result<Data> blackman_window(const OperatorCall& call) { return window(call, {0.42, 0.5, 0.08}); }

/// The bins of a spectrum where triangles on the mel scale begin, peak and end.
std::vector<std::int64_t> mel_edges(std::int64_t count, double length, double rate, double low, double high) {
  const auto mel = [](double hertz) { return 2595.0 * std::log10(1.0 + hertz / 700.0); };
  const auto step = (mel(high) - mel(low)) / static_cast<double>(count + 2);
  std::vector<std::int64_t> edges;
  for (std::int64_t i = 0; i < count + 2; ++i) {
    const auto hertz = 700.0 * (std::pow(10.0, (static_cast<double>(i) * step + mel(low)) / 2595.0) - 1.0);
    edges.push_back(static_cast<std::int64_t>(std::floor((length + 1.0) * hertz / rate)));
  }
  return edges;
}

/// Number of mel bins, length of the transform, samples per second, lowest and highest frequency.
Result<Data> mel_weight_matrix(const OperatorCall& call) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto columns = made->shape[1];
  const auto edges =
      mel_edges(columns, call.number(1, 0.0), call.number(2, 0.0), call.number(3, 0.0), call.number(4, 0.0));
  if (edges.front() < 0 || edges.back() >= made->shape[0] || !std::ranges::is_sorted(edges))
    return call.fail("its frequencies are not among those of the spectrum");
  for (std::int64_t column = 0; column < columns; ++column) {
    const auto* const edge = edges.data() + column;
    const auto value = [&](std::int64_t row) -> double& {
      return made->values[static_cast<std::size_t>(row * columns + column)];
    };
    const auto share = [](std::int64_t part, std::int64_t whole) {
      return static_cast<double>(part) / static_cast<double>(whole);
    };
    if (edge[0] == edge[1]) value(edge[1]) = 1.0;
    for (auto row = edge[0]; edge[0] < edge[1] && row <= edge[1]; ++row)
      value(row) = share(row - edge[0], edge[1] - edge[0]);
    for (auto row = edge[1]; row < edge[2]; ++row) value(row) = share(edge[2] - row, edge[2] - edge[1]);
  }
  round_values(*made);
  return outputs_of(std::move(*made));
}

}  // namespace

std::span<const Operator> signal_operators() {
  static constexpr std::array rows{
      Operator{"", "BlackmanWindow", 1, blackman_window},
      Operator{"", "DFT", 1, discrete_fourier_transform},
      Operator{"", "HammingWindow", 1, hamming_window},
      Operator{"", "HannWindow", 1, hann_window},
      Operator{"", "MelWeightMatrix", 5, mel_weight_matrix},
      Operator{"", "STFT", 2, short_time_fourier_transform},
  };
  return rows;
}

}  // namespace ns
