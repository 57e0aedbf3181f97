#include "kernels/onednn/layers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

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

/// How often an operand's elements are cut into runs that stand together in the output: once for each place
/// before the axis. Nothing where a layout puts them otherwise.
std::optional<std::int64_t> rows_of(const Concat& layer, Layout layout, const Shape& out) {
  const auto axis = static_cast<std::size_t>(layer.axis);
  if (!is_blocked(layout) && layout != Layout::channels_last) return out.elements(0, axis);
  const bool whole_blocks = out[1] % block_of(layout, out[1]) == 0;
  if (axis > 1 || !whole_blocks) return std::nullopt;
  if (axis == 0) return 1;
  return layout == Layout::channels_last ? out[0] * out.elements(2, out.rank()) : out[0];
}

/// oneDNN's concat, which copies element by element, takes ten times as long as these runs where they are
/// long.
void build_runs(const std::vector<View>& operands, const std::vector<Shape>& shapes, std::int64_t rows,
                Layout layout, Builder& plan) {
  std::vector<SpreadWork> parts;
  for (const Shape& shape : shapes)
    parts.push_back({rows, shape.elements() / rows, plan.out().elements() / rows});
  std::vector<View> views = operands;
  views.push_back(plan.write(in_layout(plan.out(), layout)));
  plan.run(
      "loops:spread",
      [parts, loop = plan.device().loops->spread](float* const* memory) {
        float* out = memory[parts.size()];
        for (std::size_t i = 0; i < parts.size(); ++i) {
          loop(parts[i], memory[i], out);
          out += parts[i].run;
        }
      },
      std::move(views));
}

}  // namespace

Result<void> build(const Concat& layer, Builder& plan) {
  const Layout layout = common_layout(layer, plan);
  const auto operands = operands_of(layer, layout, plan);
  if (!operands) return tl::unexpected{operands.error()};
  if (const auto rows = rows_of(layer, layout, plan.out())) {
    build_runs(*operands, operand_shapes(layer, plan.config().inputs), std::max<std::int64_t>(*rows, 1),
               layout, plan);
    return {};
  }
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
