#include "kernels/onednn/epilogue.hpp"
#include "kernels/onednn/integer.hpp"
#include "kernels/onednn/layers.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

/// A row of features, or the map that it was before a reshape: weights are packed to its layout, so that no
/// reorder is needed.
Shape source_shape(const Fc& layer, const Builder& plan) {
  const Shape& before = plan.shape_before_reshape();
  const std::int64_t rows = plan.out().elements() / layer.features;
  if (before.rank() >= 3 && before.rank() <= 5 && before[0] == rows) return before;
  return {rows, plan.in().elements() / rows};
}

/// One long row is bound by reading the weights, which goes a quarter faster where those of one output stand
/// side by side than in the blocks that oneDNN would choose.
bool reads_rows(const Dims& source) {
  constexpr std::int64_t long_row = 1024;
  return source.size() == 2 && source[0] == 1 && source[1] >= long_row;
}

Recipe describe(Builder& plan, const Fc& layer, const Dims& source, const Desc& arriving,
                const PostOps& after) {
  Dims filters = source;
  filters[0] = layer.features;
  const Desc weights = reads_rows(source) ? dense(filters) : any(filters);
  const Desc bias = layer.bias ? dense(Dims{layer.features}) : Desc{};
  const Desc destination = dense(Dims{source[0], layer.features});
  const auto with = [&](const Desc& desc) {
    return inner_product(plan.device().engine, desc, weights, bias, destination, after);
  };
  Recipe as_it_arrives = with(arriving);
  if (as_it_arrives && !as_it_arrives.is_plain_loop()) return as_it_arrives;
  return with(any(source));
}

}  // namespace

Result<void> build(const Fc& layer, Builder& plan) {
  if (layer.quantisation.is_integer()) return build_integer(layer, plan);
  const Shape seen = source_shape(layer, plan);
  const Dims source = dims_of(seen);
  const Epilogue epilogue = epilogue_of(plan.config());
  const bool is_map = source.size() > 2;
  const Desc arriving = is_map ? plan.before_reshape() : dense(source);
  const Recipe recipe = describe(plan, layer, source, arriving, epilogue.after);
  if (!recipe)
    return failure(Errc::unsupported,
                   fmt::format("oneDNN has no implementation of {}", print(plan.config())));

  Dims filter_dims = source;
  filter_dims[0] = layer.features;
  const auto filters = plan.packed_weight(0, filter_dims, recipe.weights());
  if (!filters) return tl::unexpected{filters.error()};
  std::vector<Argument> arguments{{DNNL_ARG_SRC, plan.read_as(0, seen, recipe.source())},
                                  {DNNL_ARG_WEIGHTS, *filters}};
  if (layer.bias) {
    auto values = plan.weight(layer.quantisation.bias_slot());
    if (!values) return tl::unexpected{std::move(values.error())};
    arguments.push_back({DNNL_ARG_BIAS, plan.constant(*values)});
  }
  const View output = epilogue.added ? accumulator(plan, epilogue, recipe.destination())
                                     : plan.write_as(recipe.destination());
  arguments.push_back({DNNL_ARG_DST, output});
  plan.run(recipe, std::move(arguments));
  return {};
}

}  // namespace ns::onednn
