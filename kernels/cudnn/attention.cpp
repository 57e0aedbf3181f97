// Scores of all queries, what weighs values, and the weighted values: two products of cuBLAS and a kernel of
// ours between them.
#include "net/layers/attention.hpp"

#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/cudnn/product.hpp"

#include <algorithm>
#include <utility>

namespace ns::cudnn {
namespace {

/// Scores [batch, heads, queries, keys] as vectors of one per key.
HeadVectors scores_of(const AttentionOperands& shapes) {
  return {shapes.queries.batch, shapes.queries.heads, shapes.queries.steps, shapes.keys.steps, false};
}

/// `rows` of queries with matrices of keys or values, which neighbouring heads share. Where such heads stand
/// side by side, their rows are one matrix, else each has a call; where batches do as well, all is one call.
Products products_of(const HeadVectors& rows, const HeadVectors& shared, const HeadVectors& made) {
  const auto sharing = rows.heads / shared.heads;
  const bool joins_heads = !rows.packed && !made.packed;
  const bool joins_batches = joins_heads && !shared.packed;
  Products all;
  Product& product = all.product;
  product.m = rows.steps * (joins_heads ? sharing : 1);
  product.a_line = rows.step_stride();
  product.b_line = shared.step_stride();
  product.c_line = made.step_stride();
  product.count = shared.heads * (joins_batches ? rows.batch : 1);
  product.a_stride = sharing * rows.head_stride();
  product.b_stride = shared.head_stride();
  product.c_stride = sharing * made.head_stride();
  for (std::int64_t b = 0; b < (joins_batches ? 1 : rows.batch); ++b)
    for (std::int64_t head = 0; head < (joins_heads ? 1 : sharing); ++head)
      all.offsets.push_back({rows.start(b, head), shared.start(b, 0), made.start(b, head)});
  return all;
}

WeighTask task_of(const Attention& layer, const AttentionOperands& shapes) {
  WeighTask task{};
  task.heads = static_cast<unsigned>(shapes.queries.heads);
  task.queries = static_cast<unsigned>(shapes.queries.steps);
  task.keys = static_cast<unsigned>(shapes.keys.steps);
  task.visible = task.keys;
  task.causal = layer.causal ? 1 : 0;
  task.softcap = static_cast<float>(layer.softcap);
  if (!shapes.mask) return task;
  task.visible = std::min(task.keys, static_cast<unsigned>(shapes.mask->keys));
  task.hides = shapes.mask->hides ? 1 : 0;
  for (std::size_t axis = 0; axis < shapes.mask->strides.size(); ++axis)
    task.mask[axis] = static_cast<unsigned>(shapes.mask->strides.at(axis));
  return task;
}

}  // namespace

Result<void> build(const Attention& layer, Builder& plan) {
  const auto shapes = operands_of(layer, plan.config().inputs);
  const HeadVectors made = scores_of(shapes);
  const std::int64_t lines = made.batch * made.heads * made.steps;
  Products first = products_of(shapes.queries, shapes.keys, made);
  first.product.n = shapes.keys.steps;
  first.product.k = shapes.keys.size;
  first.product.transpose_b = true;
  first.product.scale = static_cast<float>(scale_of(layer, shapes));
  Products second = products_of(made, shapes.values, shapes.results);
  second.product.n = shapes.values.size;
  second.product.k = shapes.values.steps;

  const BufferId scores = plan.temporary(lines * made.size, Element::float32);
  const BufferId weights = plan.real() == Element::float32 ? scores : plan.temporary(lines * made.size);
  append_products(plan, std::move(first), plan.read(0), plan.read(1), scores);
  std::vector<BufferId> operands{scores, weights};
  if (!layer.mask.empty()) {
    const auto stored = plan.stored_weight(0, shapes.mask->hides ? Element::float32 : plan.real());
    if (!stored) return tl::unexpected{stored.error()};
    operands.push_back(*stored);
  } else if (shapes.mask) {
    operands.push_back(plan.read(3));
  }
  plan.run("kernel:weigh", std::move(operands),
           [&device = plan.device(), task = task_of(layer, shapes), element = plan.real(),
            grid = grid_of_lines(lines, made.size)](std::span<void* const> memory) {
             const void* const mask = memory.size() > 2 ? memory[2] : nullptr;
             return device.kernels().launch(device.stream(), Kernel::weigh, element, grid, task, mask,
                                            memory[0], memory[1]);
           });
  append_products(plan, std::move(second), weights, plan.read(2), plan.write());
  return {};
}

}  // namespace ns::cudnn
