#include "kernels/onednn/layers.hpp"

#include <array>
#include <memory>

namespace ns::onednn {
namespace {

using Sources = std::array<std::vector<std::int64_t>, 8>;

/// Where each output place of each axis comes from; a scalar counts as one axis.
std::shared_ptr<const Sources> sources_of(const Pad& layer, const Shape& in, const Shape& out) {
  auto made = std::make_shared<Sources>();
  if (in.rank() == 0) (*made)[0] = {0};
  for (std::size_t axis = 0; axis < in.rank(); ++axis)
    for (std::int64_t place = 0; place < out[axis]; ++place)
      (*made)[axis].push_back(source_of(layer.mode, place - layer.pads[axis], in[axis]));
  return made;
}

PadWork work_of(const Pad& layer, const Shape& in, const Shape& out, const Sources& sources) {
  PadWork work;
  work.rank = std::max<std::int64_t>(1, static_cast<std::int64_t>(in.rank()));
  work.in[0] = work.out[0] = 1;
  for (std::size_t axis = 0; axis < in.rank(); ++axis) {
    work.in[axis] = in[axis];
    work.out[axis] = out[axis];
  }
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(work.rank); ++axis)
    work.sources[axis] = sources[axis].data();
  const auto last = static_cast<std::size_t>(work.rank) - 1;
  const std::int64_t before = in.rank() == 0 ? 0 : layer.pads[last];
  const std::int64_t behind = in.rank() == 0 ? 0 : layer.pads[in.rank() + last];
  work.before = std::max<std::int64_t>(0, before);
  work.run = work.out[last] - work.before - std::max<std::int64_t>(0, behind);
  work.value = static_cast<float>(layer.value);
  return work;
}

}  // namespace

Result<void> build(const Pad& layer, Builder& plan) {
  const auto sources = sources_of(layer, plan.in(), plan.out());
  plan.run("loops:pad",
           [sources, work = work_of(layer, plan.in(), plan.out(), *sources),
            loop = plan.device().loops->pad](float* const* memory) { loop(work, memory[0], memory[1]); },
           {plan.read(0, dense(plan.in())), plan.write(dense(plan.out()))});
  return {};
}

}  // namespace ns::onednn
