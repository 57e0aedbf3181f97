#include "kernels/onednn/layers.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

/// The block that all inputs share, if whole blocks are put side by side; else 1.
std::int64_t common_block(const Concat& layer, Builder& plan) {
  const std::int64_t block = channel_block(plan.arriving(), dims_of(plan.in()));
  for (std::size_t i = 0; i < plan.inputs(); ++i) {
    if (channel_block(plan.arriving(i), dims_of(plan.in(i))) != block) return 1;
    if (layer.axis == 1 && block > 1 && plan.in(i)[1] % block != 0) return 1;
  }
  return block == 0 ? 1 : block;
}

}  // namespace

Result<void> build(const Concat& layer, Builder& plan) {
  const std::int64_t block = common_block(layer, plan);
  std::vector<Desc> sources;
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < plan.inputs(); ++i) {
    const View source = plan.read(i, with_block(plan.in(i), block));
    sources.push_back(source.desc);
    arguments.push_back({DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), source});
  }
  const Desc destination = with_block(plan.out(), block);
  const Recipe recipe = concat(plan.device().engine, destination, static_cast<int>(layer.axis), sources);
  if (!recipe)
    return failure(Errc::unsupported,
                   fmt::format("oneDNN has no implementation of {}", print(plan.config())));
  arguments.push_back({DNNL_ARG_DST, plan.write(destination)});
  plan.run(recipe, std::move(arguments));
  return {};
}

}  // namespace ns::onednn
