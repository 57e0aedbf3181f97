#include "net/layers/scatter.hpp"

#include "core/text.hpp"
#include "net/layers/axis.hpp"
#include "net/layers/sizes.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

Result<void> check_elements(const Scatter& layer, const Shape& data, const Shape& indices,
                            const Shape& updates) {
  if (auto checked = check_axis(layer.axis, data); !checked) return checked;
  if (indices != updates)
    return bad_input(
        fmt::format("indices {} and updates {} must be alike", to_string(indices), to_string(updates)));
  if (indices.rank() != data.rank())
    return bad_input(
        fmt::format("indices {} need as many axes as the data {}", to_string(indices), to_string(data)));
  for (std::size_t axis = 0; axis < data.rank(); ++axis)
    if (static_cast<std::int64_t>(axis) != layer.axis && indices[axis] > data[axis])
      return bad_input(fmt::format("indices {} reach beyond the data {} on axis {}", to_string(indices),
                                   to_string(data), axis));
  return {};
}

Result<void> check_places(const Shape& data, const Shape& indices, const Shape& updates) {
  const auto named = indices.rank() == 0 ? 0 : indices[indices.rank() - 1];
  if (named < 1 || named > static_cast<std::int64_t>(data.rank()))
    return bad_input(fmt::format("the last axis of indices {} names no place in data {}", to_string(indices),
                                 to_string(data)));
  std::vector<std::int64_t> extents(indices.extents().begin(), indices.extents().end() - 1);
  for (auto axis = static_cast<std::size_t>(named); axis < data.rank(); ++axis) extents.push_back(data[axis]);
  if (Shape{extents} == updates) return {};
  return bad_input(
      fmt::format("updates are {}, but the indices name {}", to_string(updates), to_string(Shape{extents})));
}

}  // namespace

TensorType data_of(const Scatter& layer, const std::vector<TensorType>& inputs) {
  return layer.data.empty() ? inputs.front() : TensorType{Shape{layer.data}, layer.dtype};
}

Shape indices_of(const Scatter& layer, const std::vector<TensorType>& inputs) {
  return layer.indices.empty() ? inputs[inputs.size() - 2].shape : Shape{layer.indices};
}

Result<std::vector<TensorType>> output_types(const Scatter& layer, const std::vector<TensorType>& inputs) {
  const std::size_t wanted = 1 + (layer.indices.empty() ? 1 : 0) + (layer.data.empty() ? 1 : 0);
  if (inputs.size() != wanted)
    return bad_input(fmt::format("this scatter has {}, not {}", counted(wanted, "input"), inputs.size()));
  const auto data = data_of(layer, inputs);
  const auto indices = indices_of(layer, inputs);
  auto checked = check_shape(indices);
  if (checked) checked = check_shape(data.shape);
  if (checked)
    checked = layer.kind == Scatter::Kind::elements
                  ? check_elements(layer, data.shape, indices, inputs.back().shape)
                  : check_places(data.shape, indices, inputs.back().shape);
  if (!checked) return tl::unexpected{std::move(checked.error())};
  return std::vector{data};
}

Macs macs(const Scatter&, const Signature&) { return Macs{}; }

Flops flops(const Scatter&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Scatter& layer, const std::vector<TensorType>&) {
  std::vector<Weight> stored;
  if (!layer.data.empty()) stored.push_back({"data", Shape{layer.data}, layer.dtype, {}});
  if (!layer.indices.empty()) stored.push_back({"indices", Shape{layer.indices}, DType::int64, {}});
  return stored;
}

std::vector<Feature> features(const Scatter& layer, const Signature& tensors) {
  const auto indices = indices_of(layer, tensors.inputs);
  const auto updates = tensors.inputs.back().shape.elements();
  const auto places =
      layer.kind == Scatter::Kind::elements ? indices.elements() : indices.elements(0, indices.rank() - 1);
  return {{"elements", static_cast<double>(data_of(layer, tensors.inputs).shape.elements())},
          {"updates", static_cast<double>(updates)},
          {"run", static_cast<double>(updates) / static_cast<double>(std::max<std::int64_t>(1, places))},
          {"runs", static_cast<double>(places)}};
}

std::vector<Feature> paper_variables(const Scatter&, const Signature& tensors) { return sizes(tensors); }

std::string category(const Scatter& layer, const Signature&) {
  const auto* const kind = layer.kind == Scatter::Kind::elements ? "elements" : "nd";
  return fmt::format(
      "{} {}{}", kind,
      std::ranges::find(scatter_combines, layer.combine, &Choice<Scatter::Combine>::value)->name,
      layer.data.empty() ? "" : " stored");
}

}  // namespace ns
