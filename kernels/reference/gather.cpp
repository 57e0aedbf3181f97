#include "kernels/index.hpp"
#include "kernels/reference/layers.hpp"

#include <algorithm>

namespace ns::reference {
namespace {

void run_rows(const Gather& layer, const Array& data, const Array& indices, Array& output) {
  const AxisView view = view_along(data.shape, layer.axis);
  auto to = output.values.begin();
  for (std::int64_t outer = 0; outer < view.outer; ++outer) {
    for (const double index : indices.values) {
      const auto row = outer * view.extent + place_of(index, view.extent);
      to = std::copy_n(data.values.begin() + row * view.inner, view.inner, to);
    }
  }
}

void run_elements(const Gather& layer, const Array& data, const Array& indices, Array& output) {
  for (std::size_t i = 0; i < output.values.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    std::int64_t place = 0;
    std::int64_t step = 1;
    for (std::size_t axis = data.shape.rank(); axis-- > 0;) {
      const bool picked = static_cast<std::int64_t>(axis) == layer.axis;
      place += (picked ? place_of(indices.values[i], data.shape[axis]) : rest % indices.shape[axis]) * step;
      step *= data.shape[axis];
      rest /= indices.shape[axis];
    }
    output.values[i] = data.values[static_cast<std::size_t>(place)];
  }
}

void run_places(const Gather& layer, const Array& data, const Array& indices, Array& output) {
  const auto batch = static_cast<std::size_t>(layer.batch);
  const auto named = static_cast<std::size_t>(indices.shape[indices.shape.rank() - 1]);
  const auto run = data.shape.elements(batch + named, data.shape.rank());
  const auto tuples = indices.shape.elements(0, indices.shape.rank() - 1);
  const auto per_batch = tuples / std::max<std::int64_t>(1, data.shape.elements(0, batch));
  auto to = output.values.begin();
  for (std::int64_t tuple = 0; tuple < tuples; ++tuple) {
    std::int64_t place = tuple / per_batch;
    for (std::size_t i = 0; i < named; ++i) {
      const auto extent = data.shape[batch + i];
      const auto at = static_cast<std::size_t>(tuple) * named + i;
      place = place * extent + place_of(indices.values[at], extent);
    }
    to = std::copy_n(data.values.begin() + place * run, run, to);
  }
}

}  // namespace

void run(const Gather& layer, const Operands& operands) {
  const bool stored_indices = layer.single || !layer.indices.empty();
  const Array& data = layer.table.empty() ? operands.input() : operands.weights[0];
  const Array& indices = stored_indices ? operands.weights[0] : *operands.inputs.back();
  if (data.values.empty() || indices.values.empty()) return;
  switch (layer.kind) {
    case Gather::Kind::rows:
      return run_rows(layer, data, indices, operands.output());
    case Gather::Kind::elements:
      return run_elements(layer, data, indices, operands.output());
    case Gather::Kind::nd:
      return run_places(layer, data, indices, operands.output());
  }
}

}  // namespace ns::reference
