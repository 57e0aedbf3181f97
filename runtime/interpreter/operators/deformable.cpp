// Convolutions whose taps other inputs move.
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/operators/sampling.hpp"
#include "runtime/interpreter/operators/slide.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

/// The input under every tap, where the offsets move it, times the mask: [channels, taps, places] of one
/// batch. Offsets are [batch, groups, taps, axes, places], masks the same without axes.
class Columns {
 public:
  Columns(const OperatorCall& call, const Slide& slide, std::int64_t groups)
      : call_{call}, slide_{slide}, groups_{groups} {}

  [[nodiscard]] std::vector<double> of(std::int64_t batch) const {
    const auto& shape = call_.in(0).shape;
    std::vector<double> made;
    made.reserve(static_cast<std::size_t>(shape[1] * slide_.taps() * slide_.places()));
    for (std::int64_t channel = 0; channel < shape[1]; ++channel)
      for (std::int64_t tap = 0; tap < slide_.taps(); ++tap)
        for (std::int64_t place = 0; place < slide_.places(); ++place)
          made.push_back(at(batch, channel, tap, place));
    return made;
  }

 private:
  [[nodiscard]] double at(std::int64_t batch, std::int64_t channel, std::int64_t tap,
                          std::int64_t place) const {
    const auto& input = call_.in(0);
    const auto channels = input.shape[1];
    const auto row = (batch * groups_ + channel * groups_ / channels) * slide_.taps() + tap;
    std::vector<Taps> taps;
    for (std::size_t axis = 0; axis < slide_.rank(); ++axis) {
      const auto offset = (row * static_cast<std::int64_t>(slide_.rank()) + static_cast<std::int64_t>(axis)) *
                              slide_.places() +
                          place;
      taps.push_back(linear_taps(static_cast<double>(slide_.at(place, tap, axis)) +
                                     call_.in(2).values[static_cast<std::size_t>(offset)],
                                 input.shape[axis + 2]));
    }
    const auto plane = static_cast<std::size_t>(slide_.plane());
    const auto first = static_cast<std::size_t>(batch * channels + channel) * plane;
    const auto value =
        sample(std::span{input.values}.subspan(first, plane), input.shape.extents().subspan(2), taps);
    if (!call_.has(4)) return value;
    return value * call_.in(4).values[static_cast<std::size_t>(row * slide_.places() + place)];
  }

  const OperatorCall& call_;
  const Slide& slide_;
  std::int64_t groups_;
};

/// Input, weights, offsets, bias, mask.
Result<Data> deformable_convolution(const OperatorCall& call) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto& input = call.in(0).shape;
  const auto& weights = call.in(1);
  const auto groups = call.view.integer("group", 1);
  const auto offset_groups = call.view.integer("offset_group", 1);
  const auto kernel = weights.shape.extents();
  const auto rank = input.rank();
  if (rank < 3 || kernel.size() != rank || groups < 1 || offset_groups < 1 || input[1] % offset_groups != 0 ||
      kernel[1] * groups != input[1] || kernel[0] % groups != 0)
    return call.fail("input, weights and groups do not go together");
  const auto slide = Slide::of(call, {kernel.begin() + 2, kernel.end()}, input.extents().subspan(2),
                               made->shape.extents().subspan(2));
  if (!slide) return tl::unexpected{slide.error()};
  if (slide->plane() == 0) return call.fail("its input has no elements");
  const auto masked = input[0] * offset_groups * slide->taps() * slide->places();
  if (call.in(2).shape.elements() != masked * static_cast<std::int64_t>(slide->rank()) ||
      (call.has(4) && call.in(4).shape.elements() != masked) ||
      (call.has(3) && call.in(3).shape.elements() != kernel[0]))
    return call.fail("offsets, mask or bias do not go together with input and weights");
  const Columns columns{call, *slide, offset_groups};
  const auto depth = kernel[1] * slide->taps();  // products per output element
  auto to = made->values.begin();
  for (std::int64_t batch = 0; batch < input[0]; ++batch) {
    const auto column = columns.of(batch);
    for (std::int64_t filter = 0; filter < kernel[0]; ++filter)
      for (std::int64_t place = 0; place < slide->places(); ++place) {
        const auto first = filter / (kernel[0] / groups) * depth;
        double sum = call.has(3) ? call.in(3).values[static_cast<std::size_t>(filter)] : 0.0;
        for (std::int64_t i = 0; i < depth; ++i)
          sum += weights.values[static_cast<std::size_t>(filter * depth + i)] *
                 column[static_cast<std::size_t>((first + i) * slide->places() + place)];
        *to++ = sum;
      }
  }
  round_values(*made);
  return outputs_of(std::move(*made));
}

}  // namespace

std::span<const Operator> deformable_operators() {
  static constexpr std::array rows{Operator{"", "DeformConv", 3, deformable_convolution}};
  return rows;
}

}  // namespace ns
