#include "kernels/onednn/layers.hpp"
#include "net/layers/broadcast.hpp"

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
      break;  // build() asks only for those above
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
    case Eltwise::Kind::pow:
      return Arithmetic::pow;
    case Eltwise::Kind::mod:
      return Arithmetic::mod;
    case Eltwise::Kind::fmod:
      return Arithmetic::fmod;
    case Eltwise::Kind::equal:
      return Arithmetic::equal;
    case Eltwise::Kind::less:
      return Arithmetic::less;
    case Eltwise::Kind::less_equal:
      return Arithmetic::less_equal;
    case Eltwise::Kind::greater:
      return Arithmetic::greater;
    case Eltwise::Kind::greater_equal:
      return Arithmetic::greater_equal;
    case Eltwise::Kind::logical_and:
      return Arithmetic::logical_and;
    case Eltwise::Kind::logical_or:
      return Arithmetic::logical_or;
    case Eltwise::Kind::logical_xor:
      return Arithmetic::logical_xor;
    default:
      break;  // a mean is a sum of weighted terms; where has a loop of its own
  }
  return Arithmetic::add;
}

bool same_shapes(const Builder& plan) {
  for (std::size_t i = 0; i < plan.inputs(); ++i)
    if (plan.in(i) != plan.out()) return false;
  return true;
}

/// Inputs and the stored operands as the loops read them, dense.
struct OperandList {
  std::vector<View> views;
  std::vector<Shape> shapes;
};

Result<OperandList> operands_of(const Eltwise& layer, Builder& plan) {
  OperandList list;
  list.shapes = operand_shapes(layer, plan.config().inputs);
  for (std::size_t i = 0; i < plan.inputs(); ++i) list.views.push_back(plan.read(i, dense(plan.in(i))));
  if (!layer.condition.empty()) {
    const auto values = plan.weight(0);
    if (!values) return tl::unexpected{values.error()};
    list.views.insert(list.views.begin(), plan.constant(*values));
  }
  if (const auto place = stored_place(layer, plan.inputs())) {
    auto values = plan.weight(layer.condition.empty() ? 0 : 1);
    if (!values) return tl::unexpected{std::move(values.error())};
    list.views.insert(list.views.begin() + static_cast<std::ptrdiff_t>(*place), plan.constant(*values));
  }
  return list;
}

/// The weight of one term of a sum; a mean weighs all alike.
float factor_of(const Eltwise& layer, std::size_t operand, std::size_t operands) {
  if (layer.kind == Eltwise::Kind::mean) return 1.0F / static_cast<float>(operands);
  return layer.coefficients.empty() ? 1.0F : static_cast<float>(layer.coefficients[operand]);
}

void build_where(const OperandList& list, Builder& plan) {
  const BroadcastAxes axes = broadcast_axes(plan.out(), list.shapes);
  SelectWork work;
  work.rank = static_cast<std::int64_t>(axes.extents.size());
  std::copy(axes.extents.begin(), axes.extents.end(), work.extents);
  for (std::size_t i = 0; i < 3; ++i)
    std::copy(axes.strides[i].begin(), axes.strides[i].end(), work.strides[i]);
  plan.run("loops:select",
           [work, loop = plan.device().loops->select](float* const* memory) {
             loop(work, memory[0], memory[1], memory[2], memory[3]);
           },
           {list.views[0], list.views[1], list.views[2], plan.write(dense(plan.out()))});
}

/// Term by term, each broadcast to the output's shape.
Result<void> build_loops(const Eltwise& layer, Builder& plan) {
  const auto list = operands_of(layer, plan);
  if (!list) return tl::unexpected{list.error()};
  if (layer.kind == Eltwise::Kind::where) {
    build_where(*list, plan);
    return {};
  }
  const View output = plan.write(dense(plan.out()));
  const auto count = list->views.size();
  View left = list->views[0];
  for (std::size_t i = 1; i < count; ++i) {
    const BroadcastAxes axes =
        broadcast_axes(plan.out(), {i == 1 ? list->shapes[0] : plan.out(), list->shapes[i]});
    BroadcastWork work;
    work.arithmetic = arithmetic_of(layer.kind);
    work.rank = static_cast<std::int64_t>(axes.extents.size());
    std::copy(axes.extents.begin(), axes.extents.end(), work.extents);
    std::copy(axes.strides[0].begin(), axes.strides[0].end(), work.first);
    std::copy(axes.strides[1].begin(), axes.strides[1].end(), work.second);
    work.first_factor = i == 1 ? factor_of(layer, 0, count) : 1.0F;
    work.second_factor = factor_of(layer, i, count);
    plan.run("loops:broadcast",
             [work, loop = plan.device().loops->broadcast](float* const* memory) {
               loop(work, memory[0], memory[1], memory[2]);
             },
             {left, list->views[i], output});
    left = output;
  }
  return {};
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

/// The input that holds one factor per channel of the other: [N, C, 1, 1] of [N, C, H, W]; nothing if none
/// does.
std::optional<std::size_t> factors_of(const Eltwise& layer, const Builder& plan) {
  if (layer.kind != Eltwise::Kind::mul || plan.inputs() != 2 || !layer.with.empty()) return std::nullopt;
  const auto& out = plan.out();
  if (out.rank() < 3 || out.rank() > 5) return std::nullopt;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto& shape = plan.in(i);
    if (plan.in(1 - i) == out && shape.rank() == out.rank() && shape[0] == out[0] && shape[1] == out[1] &&
        shape.elements(2, shape.rank()) == 1)
      return i;
  }
  return std::nullopt;
}

/// Maps in the layout in which they arrive, where their channels fill its blocks.
bool build_scale(const Eltwise& layer, Builder& plan) {
  const auto factors = factors_of(layer, plan);
  if (!factors) return false;
  const auto index = 1 - *factors;
  const View source = plan.read_for_loops(index);
  const Maps maps = maps_of(plan.in(index), plan.layout_of(index, source));
  if (maps.channels % maps.block != 0) return false;
  const View scales = plan.read(*factors, dense(plan.in(*factors)));
  const View output = plan.may_overwrite(index) ? plan.write_over(source) : plan.write(source.desc);
  plan.run("loops:scale",
           [maps, loop = plan.device().loops->scale](float* const* memory) {
             loop(maps, memory[0], memory[1], memory[2]);
           },
           {source, scales, output});
  return true;
}

bool build_sum(const Eltwise& layer, Builder& plan) {
  const View first = plan.read(0, plan.arriving());
  std::vector<float> factors;
  for (std::size_t i = 0; i < plan.inputs(); ++i) factors.push_back(factor_of(layer, i, plan.inputs()));
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
  const bool weighted = !layer.coefficients.empty() || layer.kind == Eltwise::Kind::mean;
  const bool plain = layer.with.empty() && layer.kind <= Eltwise::Kind::mean && same_shapes(plan);
  if (plain && (weighted ? build_sum(layer, plan) : build_binary(layer, plan))) return {};
  if (build_scale(layer, plan)) return {};
  return build_loops(layer, plan);
}

}  // namespace ns::onednn
