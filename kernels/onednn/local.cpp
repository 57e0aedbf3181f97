#include "kernels/geometry.hpp"
#include "kernels/onednn/layers.hpp"

namespace ns::onednn {
namespace {

LocalWork work_of(const WindowGeometry& window, const Shape& in, Layout layout) {
  LocalWork work;
  work.in = maps_of(in, layout);
  work.filters = window.filters;
  work.out_height = window.out[1];
  work.out_width = window.out[2];
  for (std::size_t axis = 0; axis < 2; ++axis) {
    work.kernel[axis] = window.kernel[axis + 1];
    work.stride[axis] = window.stride[axis + 1];
    work.pad[axis] = window.pad[axis + 1];
  }
  return work;
}

/// From [position][filter][tap] to [position][filters in lanes][tap][lane].
std::vector<float> in_lanes(const std::vector<float>& weights, std::int64_t positions, std::int64_t filters,
                            std::int64_t taps) {
  const std::int64_t chunks = (filters + local_lanes - 1) / local_lanes;
  std::vector<float> packed(static_cast<std::size_t>(positions * chunks * taps * local_lanes), 0.0F);
  for (std::int64_t position = 0; position < positions; ++position) {
    for (std::int64_t f = 0; f < filters; ++f) {
      const float* const from = weights.data() + (position * filters + f) * taps;
      float* const to =
          packed.data() + (position * chunks + f / local_lanes) * taps * local_lanes + f % local_lanes;
      for (std::int64_t tap = 0; tap < taps; ++tap) to[tap * local_lanes] = from[tap];
    }
  }
  return packed;
}

/// From [filter][position] to [position][filters in lanes][lane]; zeros where there is no bias.
std::vector<float> bias_in_lanes(const std::vector<float>& bias, std::int64_t positions,
                                 std::int64_t filters) {
  const std::int64_t padded = (filters + local_lanes - 1) / local_lanes * local_lanes;
  std::vector<float> packed(static_cast<std::size_t>(positions * padded), 0.0F);
  if (bias.empty()) return packed;
  for (std::int64_t f = 0; f < filters; ++f)
    for (std::int64_t position = 0; position < positions; ++position)
      packed[static_cast<std::size_t>(position * padded + f)] =
          bias[static_cast<std::size_t>(f * positions + position)];
  return packed;
}

}  // namespace

Result<void> build(const Local& layer, Builder& plan) {
  const WindowGeometry window = ns::window_of(layer, plan.in(), plan.out());
  auto filters = plan.weight(0);
  if (!filters) return tl::unexpected{std::move(filters.error())};
  std::vector<float> bias;
  if (layer.bias) {
    auto values = plan.weight(1);
    if (!values) return tl::unexpected{std::move(values.error())};
    bias = std::move(*values);
  }
  const View source = plan.read_for_loops();
  const Layout arriving = plan.layout_of(0, source);
  const bool fits = plan.out()[1] % block_of(arriving, plan.out()[1]) == 0;
  const Layout leaving = fits ? arriving : Layout::dense;
  LocalWork work = work_of(window, plan.in(), arriving);
  work.out_block = block_of(leaving, plan.out()[1]);
  const std::int64_t taps = window.channels * window.taps();
  const std::vector<View> operands{
      source, plan.constant(in_lanes(*filters, window.out_plane(), window.filters, taps)),
      plan.constant(bias_in_lanes(bias, window.out_plane(), window.filters)),
      plan.write(in_layout(plan.out(), leaving)),
      plan.scratch(static_cast<std::size_t>(taps) * sizeof(float))};
  plan.run(
      "loops:local",
      [work, loop = plan.device().loops->local](float* const* memory) {
        loop(work, memory[0], memory[1], memory[2], memory[3], memory[4]);
      },
      operands);
  return {};
}

}  // namespace ns::onednn
