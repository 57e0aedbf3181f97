#include "kernels/onednn/activation.hpp"
#include "kernels/onednn/layers.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

Result<void> build_prelu(Builder& plan) {
  const View source = plan.read_for_loops();
  const Maps maps = maps_of(plan.in(), plan.layout_of(0, source));
  auto slope = plan.weight(0);
  if (!slope) return tl::unexpected{std::move(slope.error())};
  const View output = plan.may_overwrite(0) ? plan.write_over(source) : plan.write(source.desc);
  plan.run("loops:prelu",
           [maps, loop = plan.device().loops->prelu](float* const* memory) {
             loop(maps, memory[0], memory[1], memory[2]);
           },
           {source, plan.constant(in_whole_blocks(std::move(*slope), maps.block)), output});
  return {};
}

}  // namespace

Result<void> build(const Act& layer, Builder& plan) {
  const auto steps = steps_of(layer);
  if (steps.empty()) return build_prelu(plan);
  const View source = plan.read(0, plan.arriving());
  // Dense values are one row: oneDNN 2.6 refuses, at run time only, some functions of a tensor of rank 1.
  const Desc data =
      plan.layout_of(0, source) == Layout::dense ? dense(Dims{1, plan.in().elements()}) : source.desc;
  const Recipe recipe = eltwise(plan.device().engine, data, steps);
  if (!recipe)
    return failure(Errc::unsupported,
                   fmt::format("oneDNN has no implementation of {}", print(plan.config())));
  const View output = plan.may_overwrite(0) ? plan.write_over(source) : plan.write(source.desc);
  plan.run(recipe, {{DNNL_ARG_SRC, {source.buffer, data}}, {DNNL_ARG_DST, {output.buffer, data}}});
  return {};
}

}  // namespace ns::onednn
