#include "kernels/onednn/activation.hpp"
#include "kernels/onednn/layers.hpp"

#include <algorithm>
#include <array>
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

struct Row {
  Act::Kind kind;
  Function function;
};

constexpr std::array functions{
    Row{Act::Kind::erf, Function::erf},
    Row{Act::Kind::reciprocal, Function::reciprocal},
    Row{Act::Kind::sign, Function::sign},
    Row{Act::Kind::floor, Function::floor},
    Row{Act::Kind::ceil, Function::ceil},
    Row{Act::Kind::sin, Function::sin},
    Row{Act::Kind::cos, Function::cos},
    Row{Act::Kind::tan, Function::tan},
    Row{Act::Kind::asin, Function::asin},
    Row{Act::Kind::acos, Function::acos},
    Row{Act::Kind::atan, Function::atan},
    Row{Act::Kind::sinh, Function::sinh},
    Row{Act::Kind::cosh, Function::cosh},
    Row{Act::Kind::asinh, Function::asinh},
    Row{Act::Kind::acosh, Function::acosh},
    Row{Act::Kind::atanh, Function::atanh},
    Row{Act::Kind::celu, Function::celu},
    Row{Act::Kind::selu, Function::selu},
    Row{Act::Kind::softsign, Function::softsign},
    Row{Act::Kind::thresholded_relu, Function::thresholded_relu},
    Row{Act::Kind::shrink, Function::shrink},
    Row{Act::Kind::logical_not, Function::logical_not},
    Row{Act::Kind::is_nan, Function::is_nan},
    Row{Act::Kind::is_inf, Function::is_inf},
    // oneDNN has these as two steps each, and of two steps only a reference implementation.
    Row{Act::Kind::power, Function::power},
    Row{Act::Kind::hardsigmoid, Function::hardsigmoid},
};

const Row* find_function(Act::Kind kind) {
  const auto* const row = std::ranges::find(functions, kind, &Row::kind);
  return row == functions.end() ? nullptr : row;
}

Result<void> build_function(const Act& layer, Function function, Builder& plan) {
  // Blocks filled up with zeros must stay so, and not every function of 0 is 0.
  const auto bytes = static_cast<std::size_t>(plan.in().elements()) * sizeof(float);
  const Desc arriving = plan.arriving();
  const View source = plan.read(0, arriving.get_size() == bytes ? arriving : dense(plan.in()));
  FunctionWork work;
  work.function = function;
  work.count = plan.in().elements();
  work.alpha = static_cast<float>(layer.alpha);
  work.beta = static_cast<float>(layer.beta);
  work.gamma = static_cast<float>(layer.gamma);
  const View output = plan.may_overwrite(0) ? plan.write_over(source) : plan.write(source.desc);
  plan.run("loops:function",
           [work, loop = plan.device().loops->function](float* const* memory) {
             loop(work, memory[0], memory[1]);
           },
           {source, output});
  return {};
}

}  // namespace

Result<void> build(const Act& layer, Builder& plan) {
  if (layer.kind == Act::Kind::prelu && !layer.shared) return build_prelu(plan);
  if (const auto* const row = find_function(layer.kind)) return build_function(layer, row->function, plan);
  auto steps = steps_of(layer);
  if (layer.kind == Act::Kind::prelu) {  // one slope: a leaky relu
    const auto slope = plan.weight(0);
    if (!slope) return tl::unexpected{slope.error()};
    steps = {{dnnl::algorithm::eltwise_relu, slope->front(), 0.0F}};
  }
  if (steps.empty())
    return failure(Errc::unsupported, fmt::format("there is no kernel for {}", print(plan.config())));
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
