#include "net/layers/gather.hpp"

#include "core/text.hpp"
#include "net/layers/axis.hpp"
#include "net/layers/sizes.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

bool stores_data(const Gather& layer) { return !layer.table.empty(); }
bool stores_indices(const Gather& layer) { return layer.single || !layer.indices.empty(); }

Result<void> check_inputs(const Gather& layer, const std::vector<TensorType>& inputs) {
  if (stores_data(layer) && stores_indices(layer))
    return bad_input("data and indices cannot both be stored; the result would be a constant");
  const std::size_t wanted = stores_data(layer) || stores_indices(layer) ? 1 : 2;
  if (inputs.size() != wanted)
    return bad_input(fmt::format("this gather has {}, not {}", counted(wanted, "input"), inputs.size()));
  if (layer.single && (layer.kind != Gather::Kind::rows || !layer.indices.empty()))
    return bad_input("only gathered rows can be one single index");
  return check_shape(Shape{stores_data(layer) ? layer.table : layer.indices});
}

void append(std::vector<std::int64_t>& extents, const Shape& shape, std::size_t first, std::size_t last) {
  for (auto axis = first; axis < last; ++axis) extents.push_back(shape[axis]);
}

Result<Shape> picked_rows(const Gather& layer, const Shape& data, const Shape& indices) {
  if (auto checked = check_axis(layer.axis, data); !checked)
    return tl::unexpected{std::move(checked.error())};
  const auto axis = static_cast<std::size_t>(layer.axis);
  std::vector<std::int64_t> extents;
  append(extents, data, 0, axis);
  append(extents, indices, 0, indices.rank());
  append(extents, data, axis + 1, data.rank());
  return Shape{std::move(extents)};
}

Result<Shape> picked_elements(const Gather& layer, const Shape& data, const Shape& indices) {
  if (auto checked = check_axis(layer.axis, data); !checked)
    return tl::unexpected{std::move(checked.error())};
  if (indices.rank() != data.rank())
    return bad_input(
        fmt::format("indices {} need as many axes as the data {}", to_string(indices), to_string(data)));
  for (std::size_t axis = 0; axis < data.rank(); ++axis)
    if (static_cast<std::int64_t>(axis) != layer.axis && indices[axis] > data[axis])
      return bad_input(fmt::format("indices {} reach beyond the data {} on axis {}", to_string(indices),
                                   to_string(data), axis));
  return indices;
}

Result<Shape> picked_places(const Gather& layer, const Shape& data, const Shape& indices) {
  const auto lowest = static_cast<std::int64_t>(std::min(data.rank(), indices.rank()));
  if (layer.batch < 0 || layer.batch >= lowest)
    return bad_input(fmt::format("{} leading axes cannot be shared by data {} and indices {}", layer.batch,
                                 to_string(data), to_string(indices)));
  const auto batch = static_cast<std::size_t>(layer.batch);
  for (std::size_t axis = 0; axis < batch; ++axis)
    if (indices[axis] != data[axis])
      return bad_input(fmt::format("data {} and indices {} differ on axis {}, which they share",
                                   to_string(data), to_string(indices), axis));
  const auto named = indices[indices.rank() - 1];
  if (named < 1 || named > static_cast<std::int64_t>(data.rank() - batch))
    return bad_input(fmt::format("the last axis of indices {} names no place in data {}", to_string(indices),
                                 to_string(data)));
  std::vector<std::int64_t> extents;
  append(extents, indices, 0, indices.rank() - 1);
  append(extents, data, batch + static_cast<std::size_t>(named), data.rank());
  return Shape{std::move(extents)};
}

Result<Shape> picked(const Gather& layer, const Shape& data, const Shape& indices) {
  switch (layer.kind) {
    case Gather::Kind::rows:
      return picked_rows(layer, data, indices);
    case Gather::Kind::elements:
      return picked_elements(layer, data, indices);
    case Gather::Kind::nd:
      return picked_places(layer, data, indices);
  }
  return Shape{};
}

/// Elements that stand side by side behind one index.
std::int64_t run_length(const Gather& layer, const Shape& data, const Shape& indices) {
  switch (layer.kind) {
    case Gather::Kind::rows:
      return data.elements(static_cast<std::size_t>(layer.axis) + 1, data.rank());
    case Gather::Kind::elements:
      return 1;
    case Gather::Kind::nd:
      return data.elements(static_cast<std::size_t>(layer.batch + indices[indices.rank() - 1]), data.rank());
  }
  return 1;
}

}  // namespace

TensorType data_of(const Gather& layer, const std::vector<TensorType>& inputs) {
  return stores_data(layer) ? TensorType{Shape{layer.table}, layer.dtype} : inputs.front();
}

Shape indices_of(const Gather& layer, const std::vector<TensorType>& inputs) {
  return stores_indices(layer) ? Shape{layer.indices} : inputs.back().shape;
}

Result<std::vector<TensorType>> output_types(const Gather& layer, const std::vector<TensorType>& inputs) {
  if (auto checked = check_inputs(layer, inputs); !checked) return tl::unexpected{std::move(checked.error())};
  const auto data = data_of(layer, inputs);
  auto shape = picked(layer, data.shape, indices_of(layer, inputs));
  if (!shape) return tl::unexpected{std::move(shape.error())};
  if (auto checked = check_shape(*shape); !checked) return tl::unexpected{std::move(checked.error())};
  return std::vector{TensorType{std::move(*shape), data.dtype}};
}

Macs macs(const Gather&, const Signature&) { return Macs{}; }

Flops flops(const Gather&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Gather& layer, const std::vector<TensorType>& inputs) {
  if (stores_indices(layer)) return {{"indices", Shape{layer.indices}, DType::int64, {}}};
  if (!stores_data(layer)) return {};
  const auto types = output_types(layer, inputs);
  return {{"table", Shape{layer.table}, layer.dtype,
           types ? std::optional{types->front().shape.elements()} : std::nullopt}};
}

std::vector<Feature> features(const Gather& layer, const Signature& tensors) {
  const auto data = data_of(layer, tensors.inputs);
  const auto indices = indices_of(layer, tensors.inputs);
  return {{"elements", static_cast<double>(tensors.outputs[0].shape.elements())},
          {"indices", static_cast<double>(indices.elements())},
          {"run", static_cast<double>(run_length(layer, data.shape, indices))},
          {"data", static_cast<double>(data.shape.elements())}};
}

std::vector<Feature> paper_variables(const Gather&, const Signature& tensors) { return sizes(tensors); }

std::string category(const Gather& layer, const Signature&) {
  const auto* const kind = std::ranges::find(gather_kinds, layer.kind, &Choice<Gather::Kind>::value);
  return fmt::format("{}{}", kind->name, stores_data(layer) ? " of a table" : "");
}

}  // namespace ns
