// What only moves elements: one loop for all.
#include "kernels/onednn/moves.hpp"

#include "kernels/onednn/layers.hpp"

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
  const View source = plan.read(0, dense(plan.in()));
  run_copy(strided_copy(layer, plan.in()), source, plan.write(dense(plan.out())), plan);
  return {};
}

}  // namespace

void run_copy(const StridedCopy& copy, const View& from, const View& to, Builder& plan) {
  plan.run("loops:copy",
           [work = work_of(copy), loop = plan.device().loops->copy](float* const* memory) {
             loop(work, memory[0], memory[1]);
           },
           {from, to});
}

Result<void> build(const Transpose& layer, Builder& plan) { return build_copy(layer, plan); }

Result<void> build(const DepthSpace& layer, Builder& plan) { return build_copy(layer, plan); }

Result<void> build(const Crop& layer, Builder& plan) { return build_copy(layer, plan); }

Result<void> build(const Expand& layer, Builder& plan) { return build_copy(layer, plan); }

Result<void> build(const Tile& layer, Builder& plan) { return build_copy(layer, plan); }

}  // namespace ns::onednn
