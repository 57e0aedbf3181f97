#include "kernels/onednn/layers.hpp"

namespace ns::onednn {
namespace {

bool splits_whole_blocks(const Slice& layer, std::int64_t block) {
  if (layer.axis != 1) return true;
  for (const std::int64_t size : layer.sizes)
    if (size % block != 0) return false;
  return true;
}

}  // namespace

/// oneDNN has no such primitive; a reorder from a part of the input is one.
Result<void> build(const Slice& layer, Builder& plan) {
  std::int64_t block = channel_block(plan.arriving(), dims_of(plan.in()));
  if (block == 0 || !splits_whole_blocks(layer, block)) block = 1;
  const View source = plan.read(0, with_block(plan.in(), block));
  Dims offsets(plan.in().rank(), 0);
  for (std::size_t i = 0; i < plan.outputs(); ++i) {
    const View part{source.buffer, source.desc.submemory_desc(dims_of(plan.out(i)), offsets)};
    plan.copy(part, plan.write(with_block(plan.out(i), block), i));
    offsets[static_cast<std::size_t>(layer.axis)] += plan.out(i)[static_cast<std::size_t>(layer.axis)];
  }
  return {};
}

}  // namespace ns::onednn
