#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/resample.hpp"

namespace ns::cudnn {
namespace {

/// Sources and weights of one axis on the device; sources as floats, which name 2^24 places exactly.
Result<std::pair<BufferId, BufferId>> stored_taps(const AxisTaps& taps, Builder& plan) {
  const std::vector<float> sources{taps.sources.begin(), taps.sources.end()};
  std::vector<float> weights;
  for (const double weight : taps.weights) weights.push_back(static_cast<float>(weight));
  const auto stored_sources = plan.constant(sources, Element::float32);
  if (!stored_sources) return tl::unexpected{stored_sources.error()};
  const auto stored_weights = plan.constant(weights, Element::float32);
  if (!stored_weights) return tl::unexpected{stored_weights.error()};
  return std::pair{*stored_sources, *stored_weights};
}

}  // namespace

/// One axis after the other, so that each element is a sum of few; those that stay are left out.
Result<void> build(const Resize& layer, Builder& plan) {
  std::vector<std::size_t> axes;
  for (std::size_t axis = 0; axis < plan.in().rank(); ++axis)
    if (plan.in()[axis] != plan.out()[axis] || !taps_of(layer, axis, plan.in()[axis]).is_identity())
      axes.push_back(axis);
  if (axes.empty()) axes.push_back(0);  // a copy
  Shape shape = plan.in();
  BufferId from = plan.read();
  for (const std::size_t axis : axes) {
    const AxisTaps taps = taps_of(layer, axis, shape[axis]);
    const auto stored = stored_taps(taps, plan);
    if (!stored) return tl::unexpected{stored.error()};
    ResampleTask task{};
    task.in = static_cast<unsigned>(shape[axis]);
    shape[axis] = plan.out()[axis];
    task.out = static_cast<unsigned>(shape[axis]);
    task.inner = static_cast<unsigned>(shape.elements(axis + 1, shape.rank()));
    task.taps = static_cast<unsigned>(taps.taps);
    task.count = static_cast<unsigned>(shape.elements());
    const BufferId to = axis == axes.back() ? plan.write() : plan.temporary(shape.elements());
    plan.run("kernel:resample", {from, stored->first, stored->second, to},
             [&device = plan.device(), task, element = plan.real()](std::span<void* const> memory) {
               return device.kernels().launch(device.stream(), Kernel::resample, element,
                                              grid_for_each(task.count), task, memory[0], memory[1],
                                              memory[2], memory[3]);
             });
    from = to;
  }
  return {};
}

}  // namespace ns::cudnn
