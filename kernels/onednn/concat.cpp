#include "kernels/onednn/layers.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

/// The first input's layout, if whole blocks are put side by side in it; else dense.
Layout common_layout(const Concat& layer, Builder& plan) {
  const Layout layout = layout_of(plan.arriving(), dims_of(plan.in()));
  if (layer.axis != 1) return layout;
  for (const Shape& operand : operand_shapes(layer, plan.config().inputs))
    if (operand[1] % block_of(layout, operand[1]) != 0) return Layout::dense;
  return layout;
}

/// Inputs and the stored operand, all in one layout.
Result<std::vector<View>> operands_of(const Concat& layer, Layout layout, Builder& plan) {
  std::vector<View> views;
  for (std::size_t i = 0; i < plan.inputs(); ++i)
    views.push_back(plan.read(i, in_layout(plan.in(i), layout)));
  if (layer.with.empty()) return views;
  auto values = plan.weight(0);
  if (!values) return tl::unexpected{std::move(values.error())};
  const Shape stored{layer.with};
  views.insert(views.begin() + layer.at,
               plan.pack(std::move(*values), dense(stored), in_layout(stored, layout)));
  return views;
}

}  // namespace

Result<void> build(const Concat& layer, Builder& plan) {
  const Layout layout = common_layout(layer, plan);
  const auto operands = operands_of(layer, layout, plan);
  if (!operands) return tl::unexpected{operands.error()};
  std::vector<Desc> sources;
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < operands->size(); ++i) {
    sources.push_back((*operands)[i].desc);
    arguments.push_back({DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), (*operands)[i]});
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
