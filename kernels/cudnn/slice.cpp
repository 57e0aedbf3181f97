#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/moves.hpp"

namespace ns::cudnn {

/// Each part is copied out, one kernel for each.
Result<void> build(const Slice& layer, Builder& plan) {
  std::int64_t first = 0;
  for (std::size_t i = 0; i < plan.outputs(); ++i) {
    const auto extent = layer.sizes[i];
    const Part from = part_of(plan.in(), layer.axis, first, extent);
    const Part to = part_of(plan.out(i), layer.axis, 0, extent);
    append_move(plan, plan.read(), plan.write(i), {from.extents, from.strides, to.strides, from.offset, 0});
    first += extent;
  }
  return {};
}

}  // namespace ns::cudnn
