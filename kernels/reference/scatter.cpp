#include "kernels/index.hpp"
#include "kernels/reference/arithmetic.hpp"
#include "kernels/reference/layers.hpp"

namespace ns::reference {
namespace {

double combined(Scatter::Combine combine, DType dtype, double old, double update) {
  switch (combine) {
    case Scatter::Combine::replace:
      return update;
    case Scatter::Combine::add:
      return old + update;
    case Scatter::Combine::mul:
      return product(dtype, old, update);
    case Scatter::Combine::max:
      return larger(old, update);
    case Scatter::Combine::min:
      return smaller(old, update);
  }
  return update;
}

void run_elements(const Scatter& layer, const Array& indices, const Array& updates, Array& output) {
  for (std::size_t i = 0; i < updates.values.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    std::int64_t place = 0;
    std::int64_t step = 1;
    for (std::size_t axis = output.shape.rank(); axis-- > 0;) {
      const bool picked = static_cast<std::int64_t>(axis) == layer.axis;
      place += (picked ? place_of(indices.values[i], output.shape[axis]) : rest % indices.shape[axis]) * step;
      step *= output.shape[axis];
      rest /= indices.shape[axis];
    }
    auto& target = output.values[static_cast<std::size_t>(place)];
    target = combined(layer.combine, output.dtype, target, updates.values[i]);
  }
}

void run_places(const Scatter& layer, const Array& indices, const Array& updates, Array& output) {
  const auto named = static_cast<std::size_t>(indices.shape[indices.shape.rank() - 1]);
  const auto run = output.shape.elements(named, output.shape.rank());
  const auto tuples = indices.shape.elements(0, indices.shape.rank() - 1);
  for (std::int64_t tuple = 0; tuple < tuples; ++tuple) {
    std::int64_t place = 0;
    for (std::size_t i = 0; i < named; ++i) {
      const auto extent = output.shape[i];
      place = place * extent + place_of(indices.values[static_cast<std::size_t>(tuple) * named + i], extent);
    }
    for (std::int64_t i = 0; i < run; ++i) {
      auto& target = output.values[static_cast<std::size_t>(place * run + i)];
      const auto update = updates.values[static_cast<std::size_t>(tuple * run + i)];
      target = combined(layer.combine, output.dtype, target, update);
    }
  }
}

}  // namespace

void run(const Scatter& layer, const Operands& operands) {
  const bool stores_data = !layer.data.empty();
  const Array& indices =
      layer.indices.empty() ? *operands.inputs[stores_data ? 0 : 1] : operands.weights[stores_data ? 1 : 0];
  operands.output().values = stores_data ? operands.weights[0].values : operands.input().values;
  if (layer.kind == Scatter::Kind::elements) {
    run_elements(layer, indices, *operands.inputs.back(), operands.output());
  } else {
    run_places(layer, indices, *operands.inputs.back(), operands.output());
  }
}

}  // namespace ns::reference
