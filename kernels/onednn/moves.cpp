// What only moves elements: one loop for all.
#include "kernels/onednn/layers.hpp"
#include "kernels/strided.hpp"

#include <algorithm>

namespace ns::onednn {
namespace {

CopyWork work_of(const StridedCopy& whole) {
  const StridedCopy copy = merged(whole);
  CopyWork work;
  work.offset = copy.offset;
  work.rank = static_cast<std::int64_t>(copy.extents.size());
  std::copy(copy.extents.begin(), copy.extents.end(), work.extents);
  std::copy(copy.strides.begin(), copy.strides.end(), work.strides);
  return work;
}

template <class Layer>
Result<void> build_copy(const Layer& layer, Builder& plan) {
  plan.run("loops:copy",
           [work = work_of(strided_copy(layer, plan.in())),
            loop = plan.device().loops->copy](float* const* memory) { loop(work, memory[0], memory[1]); },
           {plan.read(0, dense(plan.in())), plan.write(dense(plan.out()))});
  return {};
}

}  // namespace

Result<void> build(const Transpose& layer, Builder& plan) { return build_copy(layer, plan); }

Result<void> build(const DepthSpace& layer, Builder& plan) { return build_copy(layer, plan); }

Result<void> build(const Crop& layer, Builder& plan) { return build_copy(layer, plan); }

Result<void> build(const Expand& layer, Builder& plan) { return build_copy(layer, plan); }

Result<void> build(const Tile& layer, Builder& plan) { return build_copy(layer, plan); }

}  // namespace ns::onednn
