// Gather and scatter.
#include "kernels/onednn/layers.hpp"

#include <algorithm>

namespace ns::onednn {
namespace {

Update update_of(Scatter::Combine combine) {
  switch (combine) {
    case Scatter::Combine::replace:
      return Update::replace;
    case Scatter::Combine::add:
      return Update::add;
    case Scatter::Combine::mul:
      return Update::mul;
    case Scatter::Combine::max:
      return Update::max;
    case Scatter::Combine::min:
      return Update::min;
  }
  return Update::replace;
}

RowsWork rows_work(std::int64_t axis_number, const Shape& data, const Shape& indices) {
  const auto axis = static_cast<std::size_t>(axis_number);
  return {data.elements(0, axis), data[axis], indices.elements(), data.elements(axis + 1, data.rank())};
}

ElementsWork elements_work(std::int64_t axis, const Shape& data, const Shape& indices) {
  ElementsWork work;
  work.rank = static_cast<std::int64_t>(data.rank());
  work.axis = axis;
  std::copy(data.extents().begin(), data.extents().end(), work.data);
  std::copy(indices.extents().begin(), indices.extents().end(), work.indices);
  return work;
}

PlacesWork places_work(std::int64_t batch_axes, const Shape& data, const Shape& indices) {
  const auto batch = static_cast<std::size_t>(batch_axes);
  const auto named = static_cast<std::size_t>(indices[indices.rank() - 1]);
  PlacesWork work;
  work.tuples = indices.elements(0, indices.rank() - 1);
  // Without shared axes all tuples are of batch 0.
  work.per_batch = std::max<std::int64_t>(1, work.tuples / data.elements(0, batch));
  work.named = static_cast<std::int64_t>(named);
  std::copy_n(data.extents().begin() + batch_axes, named, work.extents);
  work.run = data.elements(batch + named, data.rank());
  return work;
}

template <class Work, class LoopOf>
void run_gather(Builder& plan, const char* name, const Work& work, LoopOf loop, const View& data,
                const View& indices) {
  plan.run(name, [work, loop](float* const* memory) { loop(work, memory[0], memory[1], memory[2]); },
           {data, indices, plan.write(dense(plan.out()))});
}

}  // namespace

Result<void> build(const Gather& layer, Builder& plan) {
  const bool stores_indices = layer.single || !layer.indices.empty();
  const bool stores = stores_indices || !layer.table.empty();
  View stored;
  if (stores) {
    const auto values = plan.constant_weight(0);
    if (!values) return tl::unexpected{values.error()};
    stored = *values;
  }
  const std::size_t last = plan.inputs() - 1;
  const View data = layer.table.empty() ? plan.read(0, dense(plan.in())) : stored;
  const View indices = stores_indices ? stored : plan.read(last, dense(plan.in(last)));
  const Shape data_shape = data_of(layer, plan.config().inputs).shape;
  const Shape index_shape = indices_of(layer, plan.config().inputs);
  const Loops& loops = *plan.device().loops;
  switch (layer.kind) {
    case Gather::Kind::rows:
      run_gather(plan, "loops:gather_rows", rows_work(layer.axis, data_shape, index_shape), loops.gather_rows,
                 data, indices);
      break;
    case Gather::Kind::elements:
      run_gather(plan, "loops:gather_elements", elements_work(layer.axis, data_shape, index_shape),
                 loops.gather_elements, data, indices);
      break;
    case Gather::Kind::nd:
      run_gather(plan, "loops:gather_places", places_work(layer.batch, data_shape, index_shape),
                 loops.gather_places, data, indices);
      break;
  }
  return {};
}

Result<void> build(const Scatter& layer, Builder& plan) {
  const bool stores_data = !layer.data.empty();
  const std::size_t last = plan.inputs() - 1;
  const auto stored_or_input = [&](bool stored, std::size_t slot, std::size_t input) -> Result<View> {
    return stored ? plan.constant_weight(slot) : plan.read(input, dense(plan.in(input)));
  };
  const auto indices = stored_or_input(!layer.indices.empty(), stores_data ? 1 : 0, last - 1);
  if (!indices) return tl::unexpected{indices.error()};
  const View updates = plan.read(last, dense(plan.in(last)));
  const auto stored = stored_or_input(stores_data, 0, 0);
  if (!stored) return tl::unexpected{stored.error()};
  const View data{stored->buffer, dense(plan.out())};
  const View output = !stores_data && plan.may_overwrite(0) ? plan.write_over(data) : plan.write(data.desc);
  if (output.buffer != data.buffer) plan.copy(data, output);
  const Shape index_shape = indices_of(layer, plan.config().inputs);
  const auto run = [&](const char* name, auto work, auto loop) {
    work.update = update_of(layer.combine);
    plan.run(name, [work, loop](float* const* memory) { loop(work, memory[0], memory[1], memory[2]); },
             {*indices, updates, output});
  };
  const Loops& loops = *plan.device().loops;
  if (layer.kind == Scatter::Kind::elements) {
    run("loops:scatter_elements", elements_work(layer.axis, plan.out(), index_shape), loops.scatter_elements);
  } else {
    run("loops:scatter_places", places_work(0, plan.out(), index_shape), loops.scatter_places);
  }
  return {};
}

}  // namespace ns::onednn
