#include "kernels/onednn/layers.hpp"

#include <algorithm>

namespace ns::onednn {
namespace {

Gathering gathering_of(Reduce::Kind kind) {
  switch (kind) {
    case Reduce::Kind::max:
      return Gathering::max;
    case Reduce::Kind::min:
      return Gathering::min;
    case Reduce::Kind::prod:
      return Gathering::product;
    case Reduce::Kind::l1:
      return Gathering::magnitudes;
    case Reduce::Kind::l2:
    case Reduce::Kind::sum_square:
      return Gathering::squares;
    case Reduce::Kind::log_sum_exp:
      return Gathering::log_sum_exp;
    case Reduce::Kind::sum:
    case Reduce::Kind::mean:
    case Reduce::Kind::log_sum:
      return Gathering::sum;
  }
  return Gathering::sum;
}

/// Of partial results: magnitudes and squares are summed further.
Gathering further(Gathering gathering) {
  return gathering == Gathering::magnitudes || gathering == Gathering::squares ? Gathering::sum : gathering;
}

Finish finish_of(Reduce::Kind kind) {
  if (kind == Reduce::Kind::l2) return Finish::root;
  return kind == Reduce::Kind::log_sum ? Finish::logarithm : Finish::nothing;
}

/// One pass per run of neighbouring reduced axes, the innermost first. Where nothing is reduced, one pass
/// over an axis of one element.
std::vector<ReduceWork> passes_of(const Reduce& layer, const Shape& input, std::int64_t outputs) {
  const auto reduced = reduced_axes(layer, input.rank());
  std::vector<ReduceWork> passes;
  std::int64_t inner = 1;
  for (std::size_t axis = input.rank(); axis-- > 0;) {
    if (!reduced[axis]) {
      inner *= input[axis];
      continue;
    }
    ReduceWork work;
    work.inner = inner;
    work.extent = input[axis];
    while (axis > 0 && reduced[axis - 1]) work.extent *= input[--axis];
    work.outer = input.elements(0, axis);
    passes.push_back(work);
  }
  if (passes.empty()) passes.push_back({input.elements(), 1, 1});
  auto gathering = gathering_of(layer.kind);
  for (auto& pass : passes) {
    pass.gathering = gathering;
    gathering = further(gathering);
  }
  passes.back().finish = finish_of(layer.kind);
  if (layer.kind == Reduce::Kind::mean)
    passes.back().factor =
        static_cast<float>(static_cast<double>(outputs) / static_cast<double>(input.elements()));
  return passes;
}

std::int64_t results_of(const ReduceWork& work) { return work.outer * work.inner; }

}  // namespace

Result<void> build(const Reduce& layer, Builder& plan) {
  const auto passes = passes_of(layer, plan.in(), plan.out().elements());
  // The first pass makes the most; later ones alternate between two halves.
  const auto room = passes.size() > 1 ? results_of(passes.front()) : 1;
  const View partial = plan.scratch(2 * static_cast<std::size_t>(room) * sizeof(float));
  plan.run("loops:reduce",
           [passes, room, loop = plan.device().loops->reduce](float* const* memory) {
             const float* from = memory[0];
             for (std::size_t i = 0; i < passes.size(); ++i) {
               float* const half = memory[2] + (i % 2 == 0 ? 0 : room);
               float* const to = i + 1 == passes.size() ? memory[1] : half;
               loop(passes[i], from, to);
               from = to;
             }
           },
           {plan.read(0, dense(plan.in())), plan.write(dense(plan.out())), partial});
  return {};
}

}  // namespace ns::onednn
