// A product of matrices where an equation is one, behind transposing copies where its axes stand otherwise.
#include "net/layers/einsum.hpp"

#include "kernels/einsum_layout.hpp"
#include "kernels/onednn/layers.hpp"
#include "kernels/onednn/moves.hpp"
#include "net/layers/einsum_product.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

using Labels = EinsumProduct::Labels;

std::size_t place_of(EinsumTensor tensor) { return static_cast<std::size_t>(tensor); }

void append(Labels& list, const Labels& more) { list.insert(list.end(), more.begin(), more.end()); }

StridedCopy copy_of(const Labels& labels, EinsumTensor from) {
  StridedCopy copy;
  for (const auto& label : labels) {
    copy.extents.push_back(label.extent);
    copy.strides.push_back(label.strides.at(place_of(from)));
  }
  return copy;
}

void run_sum(std::int64_t lines, std::int64_t extent, const View& from, const View& to, Builder& plan) {
  ReduceWork work;
  work.outer = lines;
  work.extent = extent;
  plan.run(
      "loops:reduce",
      [work, loop = plan.device().loops->reduce](float* const* memory) { loop(work, memory[0], memory[1]); },
      {from, to});
}

/// Copies an operand, summed over what only it has, to `to`.
void run_layout(const EinsumProduct& product, EinsumTensor tensor, const View& from, const View& to,
                Builder& plan) {
  auto labels = labels_in(product, tensor);
  const auto lines = joined_extent(labels);
  const auto& alone = product.alone.at(place_of(tensor));
  append(labels, alone);
  const auto copy = copy_of(labels, tensor);
  if (alone.empty()) return run_copy(copy, from, to, plan);
  const auto count = joined_extent(alone);
  const auto whole = merged(copy);
  const bool stands_so = whole.extents.size() == 1 && whole.strides[0] == 1;
  const View lined = stands_so ? from : plan.temporary(dense(Dims{lines * count}));
  if (!stands_so) run_copy(copy, from, lined, plan);
  run_sum(lines, count, lined, to, plan);
}

/// Precondition: is_matrix().
Desc matrix_of(const EinsumProduct& product, EinsumTensor tensor) {
  const auto& rows = tensor == EinsumTensor::right ? product.inner : product.rows;
  const auto& columns = tensor == EinsumTensor::left ? product.inner : product.columns;
  Dims dims;
  Dims strides;
  for (const auto& label : joined_batch(product)) {
    dims.push_back(label.extent);
    strides.push_back(label.strides.at(place_of(tensor)));
  }
  const auto count = joined_extent(rows);
  const auto length = joined_extent(columns);
  auto row = joined_stride(rows, tensor).value_or(1);
  auto column = joined_stride(columns, tensor).value_or(1);
  if (rows.empty()) row = column == 1 ? length : 1;
  if (columns.empty()) column = row == 1 && tensor != EinsumTensor::result ? count : 1;
  dims.insert(dims.end(), {count, length});
  strides.insert(strides.end(), {row, column});
  return {dims, dnnl::memory::data_type::f32, strides};
}

/// The layer as it is built: `planned` has laid out anew what `original` cannot have multiplied as it stands.
struct Build {
  const Einsum& layer;
  Builder& plan;
  EinsumProduct original;
  EinsumProduct planned;

  [[nodiscard]] bool is_stored(EinsumTensor tensor) const {
    const bool is_first = (tensor == EinsumTensor::left) != original.swapped;
    return !layer.with.empty() && is_first == layer.with_first;
  }
  [[nodiscard]] std::size_t input_of(EinsumTensor tensor) const {
    if (!layer.with.empty()) return 0;
    return (tensor == EinsumTensor::left) != original.swapped ? 0 : 1;
  }
  void lay_out(EinsumTensor tensor) {
    auto made = laid_out(planned, tensor);
    const bool sums = tensor != EinsumTensor::result && !planned.alone.at(place_of(tensor)).empty();
    if (sums || labels_in(made, tensor) != labels_in(planned, tensor)) is_new.at(place_of(tensor)) = true;
    planned = std::move(made);
  }

  std::array<bool, 3> is_new{};
};

/// An operand's memory, laid out as planned.
Result<View> operand_of(const Build& build, EinsumTensor tensor) {
  if (build.is_stored(tensor)) {
    const auto values = build.plan.weight(0);
    if (!values) return tl::unexpected{values.error()};
    return build.plan.constant(stored_layout(build.original, tensor, *values));
  }
  const auto index = build.input_of(tensor);
  const View source = build.plan.read(index, dense(build.plan.in(index)));
  if (!build.is_new.at(place_of(tensor))) return source;
  const View made = build.plan.temporary(dense(Dims{joined_extent(labels_in(build.original, tensor))}));
  run_layout(build.original, tensor, source, made, build.plan);
  return made;
}

/// Nothing is summed but what only one operand has: elements are multiplied wherever they stand.
Result<void> build_elementwise(Build& build) {
  auto& plan = build.plan;
  for (const auto tensor : {EinsumTensor::left, EinsumTensor::right})
    if (build.is_stored(tensor) || !build.original.alone.at(place_of(tensor)).empty()) build.lay_out(tensor);
  const auto left = operand_of(build, EinsumTensor::left);
  if (!left) return tl::unexpected{left.error()};
  const auto right = operand_of(build, EinsumTensor::right);
  if (!right) return tl::unexpected{right.error()};
  BroadcastWork work;
  work.arithmetic = Arithmetic::mul;
  for (const auto& label : in_order(build.planned, build.original)) {
    work.extents[work.rank] = label.extent;
    work.first[work.rank] = label.strides[0];
    work.second[work.rank++] = label.strides[1];
  }
  if (work.rank == 0) {
    work.extents[0] = 1;
    work.first[0] = work.second[0] = 0;
    work.rank = 1;
  }
  plan.run("loops:broadcast",
           [work, loop = plan.device().loops->broadcast](float* const* memory) {
             loop(work, memory[0], memory[1], memory[2]);
           },
           {*left, *right, plan.write(dense(plan.out()))});
  return {};
}

Recipe recipe_of(const Build& build) {
  const Desc right = matrix_of(build.planned, EinsumTensor::right);
  const bool packs = build.is_stored(EinsumTensor::right);
  return matmul(build.plan.device().engine, matrix_of(build.planned, EinsumTensor::left),
                packs ? any(extents_of(right)) : right, matrix_of(build.planned, EinsumTensor::result));
}

/// What no product reads, stored operands, and if oneDNN still has no fast kernel all the rest.
Recipe planned_recipe(Build& build) {
  for (const auto tensor : {EinsumTensor::left, EinsumTensor::right})
    if (build.is_stored(tensor)) build.lay_out(tensor);
  for (const auto tensor : {EinsumTensor::left, EinsumTensor::right, EinsumTensor::result})
    if (!is_matrix(build.planned, tensor)) build.lay_out(tensor);
  const Recipe recipe = recipe_of(build);
  if (recipe && !recipe.is_plain_loop()) return recipe;
  for (const auto tensor : {EinsumTensor::left, EinsumTensor::right, EinsumTensor::result})
    build.lay_out(tensor);
  return recipe_of(build);
}

/// The right operand, in the layout that the product asks for if it is stored.
Result<View> right_of(const Build& build, const Recipe& recipe) {
  if (!build.is_stored(EinsumTensor::right)) {
    const auto view = operand_of(build, EinsumTensor::right);
    if (!view) return view;
    return View{view->buffer, matrix_of(build.planned, EinsumTensor::right)};
  }
  const auto values = build.plan.weight(0);
  if (!values) return tl::unexpected{values.error()};
  return build.plan.pack(stored_layout(build.original, EinsumTensor::right, *values),
                         matrix_of(build.planned, EinsumTensor::right), recipe.weights());
}

Result<void> build_product(Build& build) {
  auto& plan = build.plan;
  const Recipe recipe = planned_recipe(build);
  if (!recipe)
    return failure(Errc::unsupported,
                   fmt::format("oneDNN has no implementation of {}", print(plan.config())));
  const auto left = operand_of(build, EinsumTensor::left);
  if (!left) return tl::unexpected{left.error()};
  const auto right = right_of(build, recipe);
  if (!right) return tl::unexpected{right.error()};
  const bool transposes = build.is_new[2];
  const View made = transposes ? plan.temporary(recipe.destination()) : plan.write_as(recipe.destination());
  plan.run(recipe, {{DNNL_ARG_SRC, {left->buffer, matrix_of(build.planned, EinsumTensor::left)}},
                    {DNNL_ARG_WEIGHTS, *right},
                    {DNNL_ARG_DST, made}});
  if (transposes)
    run_copy(copy_of(in_order(build.planned, build.original), EinsumTensor::result), made,
             plan.write(dense(plan.out())), plan);
  return {};
}

}  // namespace

Result<void> build(const Einsum& layer, Builder& plan) {
  auto product = product_of(layer, plan.config().inputs);
  if (plan.inputs() + (layer.with.empty() ? 0 : 1) == 1) {
    const View source = plan.read(0, dense(plan.in()));
    run_layout(product, EinsumTensor::left, source, plan.write(dense(plan.out())), plan);
    return {};
  }
  Build build{layer, plan, product, product, {}};
  return product.inner.empty() ? build_elementwise(build) : build_product(build);
}

}  // namespace ns::onednn
