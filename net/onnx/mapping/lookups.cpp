// What reads or writes places that indices name.
#include "net/onnx/mapping/mappers.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace ns::onnx::mappers {

std::optional<LayerParams> gather(const MappedNode& node) {
  const auto& view = node.view;
  const std::string_view op = view.node().op;
  Gather layer;
  layer.kind = op == "Gather"           ? Gather::Kind::rows
               : op == "GatherElements" ? Gather::Kind::elements
                                        : Gather::Kind::nd;
  const auto rank = view.in(0).rank();
  if (!rank) return std::nullopt;
  const auto axis = view.integer("axis", 0);
  if (layer.kind != Gather::Kind::nd) layer.axis = axis < 0 ? axis + static_cast<std::int64_t>(*rank) : axis;
  layer.batch = view.integer("batch_dims", 0);
  if (node.stores(0)) {
    auto table = node.extents(0);
    if (!table || !view.in(0).dtype) return std::nullopt;
    layer.table = std::move(*table);
    layer.dtype = *view.in(0).dtype;
  }
  if (node.stores(1)) {
    auto indices = node.extents(1);
    if (!indices) return std::nullopt;
    layer.single = indices->empty();
    layer.indices = std::move(*indices);
  }
  return layer;
}

std::optional<LayerParams> scatter(const MappedNode& node) {
  const auto& view = node.view;
  using Combination = std::pair<std::string_view, Scatter::Combine>;
  static constexpr std::array combinations{
      Combination{"none", Scatter::Combine::replace}, Combination{"add", Scatter::Combine::add},
      Combination{"mul", Scatter::Combine::mul},      Combination{"max", Scatter::Combine::max},
      Combination{"min", Scatter::Combine::min},
  };
  const auto* const combine =
      std::ranges::find(combinations, view.text("reduction", "none"), &Combination::first);
  if (combine == combinations.end() || !node.reads(2)) return std::nullopt;
  Scatter layer;
  layer.kind = view.node().op == "ScatterND" ? Scatter::Kind::nd : Scatter::Kind::elements;
  const auto rank = view.in(0).rank();
  if (!rank) return std::nullopt;
  if (layer.kind == Scatter::Kind::elements) {
    const auto axis = view.integer("axis", 0);
    layer.axis = axis < 0 ? axis + static_cast<std::int64_t>(*rank) : axis;
  }
  layer.combine = combine->second;
  if (node.stores(0)) {
    auto data = node.extents(0);
    if (!data || data->empty() || !view.in(0).dtype) return std::nullopt;
    layer.data = std::move(*data);
    layer.dtype = *view.in(0).dtype;
  }
  if (node.stores(1)) {
    auto indices = node.extents(1);
    if (!indices) return std::nullopt;
    layer.indices = std::move(*indices);
  }
  return layer;
}

}  // namespace ns::onnx::mappers
