#include "kernels/onednn/layers.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

/// The first input's layout, if whole blocks are put side by side in it; else dense.
Layout common_layout(const Concat& layer, Builder& plan) {
  const Layout layout = layout_of(plan.arriving(), dims_of(plan.in()));
  for (std::size_t i = 0; layer.axis == 1 && i < plan.inputs(); ++i)
    if (plan.in(i)[1] % block_of(layout, plan.in(i)[1]) != 0) return Layout::dense;
  return layout;
}

}  // namespace

Result<void> build(const Concat& layer, Builder& plan) {
  const Layout layout = common_layout(layer, plan);
  std::vector<Desc> sources;
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < plan.inputs(); ++i) {
    const View source = plan.read(i, in_layout(plan.in(i), layout));
    sources.push_back(source.desc);
    arguments.push_back({DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), source});
  }
  const Desc destination = in_layout(plan.out(), layout);
  const Recipe recipe = concat(plan.device().engine, destination, static_cast<int>(layer.axis), sources);
  if (!recipe)
    return failure(Errc::unsupported,
                   fmt::format("oneDNN has no implementation of {}", print(plan.config())));
  arguments.push_back({DNNL_ARG_DST, plan.write(destination)});
  plan.run(recipe, std::move(arguments));
  return {};
}

}  // namespace ns::onednn
