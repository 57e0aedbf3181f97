#include "kernels/onednn/layers.hpp"
#include "kernels/resample.hpp"

#include <memory>

namespace ns::onednn {
namespace {

/// The weights of one axis in single precision, and the pass that applies them.
struct Pass {
  AxisTaps taps;
  std::vector<float> weights;
  ResampleWork work;
};
using Passes = std::vector<Pass>;

/// One pass per axis that changes, the outermost first. In blocks of channels the block is one more axis, the
/// innermost.
std::shared_ptr<const Passes> passes_of(const Resize& layer, const Shape& input, std::int64_t block) {
  auto made = std::make_shared<Passes>();
  auto shape = input;
  for (std::size_t axis = 0; axis < input.rank(); ++axis) {
    Pass pass{taps_of(layer, axis, input[axis]), {}, {}};
    if (pass.taps.is_identity() && input[axis] == layer.extents[axis]) continue;
    pass.weights.assign(pass.taps.weights.begin(), pass.taps.weights.end());
    auto outer = shape.elements(0, axis);
    if (block > 1) outer = outer / shape[1] * ((shape[1] + block - 1) / block);
    pass.work = {outer,
                 input[axis],
                 layer.extents[axis],
                 shape.elements(axis + 1, shape.rank()) * block,
                 pass.taps.taps,
                 nullptr,
                 nullptr};
    shape[axis] = layer.extents[axis];
    made->push_back(std::move(pass));
  }
  for (auto& pass : *made) {
    pass.work.sources = pass.taps.sources.data();
    pass.work.weights = pass.weights.data();
  }
  return made;
}

bool keeps_channels(const Resize& layer, const Shape& input) {
  return input.rank() > 2 && layer.extents[0] == input[0] && layer.extents[1] == input[1] &&
         taps_of(layer, 0, input[0]).is_identity() && taps_of(layer, 1, input[1]).is_identity();
}

std::int64_t results_of(const ResampleWork& work) { return work.outer * work.out * work.inner; }

}  // namespace

Result<void> build(const Resize& layer, Builder& plan) {
  const bool in_blocks = keeps_channels(layer, plan.in());
  const View source = in_blocks ? plan.read_for_loops() : plan.read(0, dense(plan.in()));
  const Layout layout = in_blocks ? plan.layout_of(0, source) : Layout::dense;
  const View output = plan.write(in_layout(plan.out(), layout));
  const auto passes = passes_of(layer, plan.in(), in_blocks ? block_of(layout, plan.in()[1]) : 1);
  if (passes->empty()) {
    plan.copy(source, output);
    return {};
  }
  std::int64_t room = 1;
  for (const auto& pass : *passes) room = std::max(room, results_of(pass.work));
  const View partial =
      plan.scratch((passes->size() > 1 ? 2 : 1) * static_cast<std::size_t>(room) * sizeof(float));
  plan.run("loops:resize",
           [passes, room, loop = plan.device().loops->resample](float* const* memory) {
             const float* from = memory[0];
             for (std::size_t i = 0; i < passes->size(); ++i) {
               float* const half = memory[2] + (i % 2 == 0 ? 0 : room);
               float* const to = i + 1 == passes->size() ? memory[1] : half;
               loop((*passes)[i].work, from, to);
               from = to;
             }
           },
           {source, output, partial});
  return {};
}

}  // namespace ns::onednn
