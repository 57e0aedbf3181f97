#include "kernels/onednn/layers.hpp"

namespace ns::onednn {
namespace {

/// Only whole blocks can be cut out of a blocked layout.
bool can_split(const Slice& layer, Layout layout) {
  if (layer.axis != 1) return true;
  for (const std::int64_t size : layer.sizes)
    if (size % block_of(layout, size) != 0) return false;
  return true;
}

}  // namespace

/// oneDNN has no such primitive; a reorder from a part of the input is one.
Result<void> build(const Slice& layer, Builder& plan) {
  const Layout arriving = layout_of(plan.arriving(), dims_of(plan.in()));
  const Layout layout = can_split(layer, arriving) ? arriving : Layout::dense;
  const View source = plan.read(0, in_layout(plan.in(), layout));
  Dims offsets(plan.in().rank(), 0);
  for (std::size_t i = 0; i < plan.outputs(); ++i) {
    const View part{source.buffer, source.desc.submemory_desc(dims_of(plan.out(i)), offsets)};
    plan.copy(part, plan.write(in_layout(plan.out(i), layout), i));
    offsets[static_cast<std::size_t>(layer.axis)] += plan.out(i)[static_cast<std::size_t>(layer.axis)];
  }
  return {};
}

}  // namespace ns::onednn
