#include "kernels/onednn/layers.hpp"

#include <algorithm>

namespace ns::onednn {
namespace {

dnnl::algorithm algorithm_of(Eltwise::Kind kind) {
  switch (kind) {
    case Eltwise::Kind::add:
      return dnnl::algorithm::binary_add;
    case Eltwise::Kind::mul:
      return dnnl::algorithm::binary_mul;
    case Eltwise::Kind::max:
      return dnnl::algorithm::binary_max;
    case Eltwise::Kind::sub:
      return dnnl::algorithm::binary_sub;
    case Eltwise::Kind::div:
      return dnnl::algorithm::binary_div;
    case Eltwise::Kind::min:
      return dnnl::algorithm::binary_min;
    default:
      break;  // unwritten: supports() refuses it
  }
  return dnnl::algorithm::binary_add;
}

Arithmetic arithmetic_of(Eltwise::Kind kind) {
  switch (kind) {
    case Eltwise::Kind::add:
      return Arithmetic::add;
    case Eltwise::Kind::mul:
      return Arithmetic::mul;
    case Eltwise::Kind::max:
      return Arithmetic::max;
    case Eltwise::Kind::sub:
      return Arithmetic::sub;
    case Eltwise::Kind::div:
      return Arithmetic::div;
    case Eltwise::Kind::min:
      return Arithmetic::min;
    default:
      break;  // unwritten: supports() refuses it
  }
  return Arithmetic::add;
}

bool same_shapes(const Builder& plan) {
  for (std::size_t i = 0; i < plan.inputs(); ++i)
    if (plan.in(i) != plan.out()) return false;
  return true;
}

/// Strides of a dense tensor of shape `in` seen as `out`; 0 where it repeats.
void set_strides(const Shape& in, const Shape& out, std::int64_t (&strides)[8]) {
  std::int64_t step = 1;
  for (std::size_t back = 1; back <= out.rank(); ++back) {
    const bool present = back <= in.rank();
    const std::int64_t extent = present ? in[in.rank() - back] : 1;
    strides[out.rank() - back] = extent == 1 ? 0 : step;
    step *= extent;
  }
}

float factor_of(const Eltwise& layer, std::size_t input) {
  return layer.coefficients.empty() ? 1.0F : static_cast<float>(layer.coefficients[input]);
}

/// Term by term, each broadcast to the output's shape.
void build_loops(const Eltwise& layer, Builder& plan) {
  const View output = plan.write(dense(plan.out()));
  View left = plan.read(0, dense(plan.in()));
  for (std::size_t i = 1; i < plan.inputs(); ++i) {
    BroadcastWork work;
    work.arithmetic = arithmetic_of(layer.kind);
    // A scalar counts as one axis of extent 1.
    const Shape out = plan.out().rank() == 0 ? Shape{1} : plan.out();
    work.rank = static_cast<std::int64_t>(out.rank());
    std::copy(out.extents().begin(), out.extents().end(), work.extents);
    set_strides(i == 1 ? plan.in(0) : out, out, work.first);
    set_strides(plan.in(i), out, work.second);
    work.first_factor = i == 1 ? factor_of(layer, 0) : 1.0F;
    work.second_factor = factor_of(layer, i);
    plan.run("loops:broadcast",
             [work, loop = plan.device().loops->broadcast](float* const* memory) {
               loop(work, memory[0], memory[1], memory[2]);
             },
             {left, plan.read(i, dense(plan.in(i))), output});
    left = output;
  }
}

/// All in the first input's layout, in its memory where it dies here.
bool build_binary(const Eltwise& layer, Builder& plan) {
  const View first = plan.read(0, plan.arriving());
  const Recipe recipe =
      binary(plan.device().engine, algorithm_of(layer.kind), first.desc, first.desc, first.desc);
  if (!recipe || recipe.is_plain_loop()) return false;
  const View output = plan.may_overwrite(0) ? plan.write_over(first) : plan.write(first.desc);
  View left = first;
  for (std::size_t i = 1; i < plan.inputs(); ++i) {
    plan.run(recipe,
             {{DNNL_ARG_SRC_0, left}, {DNNL_ARG_SRC_1, plan.read(i, first.desc)}, {DNNL_ARG_DST, output}});
    left = output;
  }
  return true;
}

bool build_sum(const Eltwise& layer, Builder& plan) {
  const View first = plan.read(0, plan.arriving());
  std::vector<float> factors;
  for (std::size_t i = 0; i < plan.inputs(); ++i) factors.push_back(factor_of(layer, i));
  const Recipe recipe =
      sum(plan.device().engine, first.desc, factors, std::vector<Desc>(plan.inputs(), first.desc));
  if (!recipe || recipe.is_plain_loop()) return false;
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < plan.inputs(); ++i)
    arguments.push_back({DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i), plan.read(i, first.desc)});
  arguments.push_back({DNNL_ARG_DST, plan.write(first.desc)});
  plan.run(recipe, std::move(arguments));
  return true;
}

}  // namespace

Result<void> build(const Eltwise& layer, Builder& plan) {
  const bool weighted = !layer.coefficients.empty();
  const bool done = same_shapes(plan) && (weighted ? build_sum(layer, plan) : build_binary(layer, plan));
  if (!done) build_loops(layer, plan);
  return {};
}

}  // namespace ns::onednn
