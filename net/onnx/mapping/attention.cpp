// Attention of queries, keys and values that are all activations, without a past.
#include "net/onnx/mapping/mappers.hpp"

#include <algorithm>
#include <utility>

namespace ns::onnx::mappers {
namespace {

/// Whether the node's queries, keys and values are activations, and nothing else is read but a mask at input
/// `mask`, nor made but the result.
bool is_plain(const MappedNode& node, std::size_t mask) {
  for (std::size_t i = 0; i < node.view.inputs(); ++i)
    if (i < 3 ? !node.reads(i) : i != mask && node.view.has(i)) return false;
  for (std::size_t i = 1; i < node.made.size(); ++i)
    if (node.made[i]) return false;
  return node.view.inputs() >= 3;
}

/// Whether the mask at input `mask`, if there is one, speaks of all `keys`.
bool speaks_of_all(const MappedNode& node, std::size_t mask, std::int64_t keys) {
  if (!node.view.has(mask)) return true;
  const auto extents = node.extents(mask);
  return extents && !extents->empty() && extents->back() == keys;
}

std::optional<LayerParams> with_mask(const MappedNode& node, Attention layer, std::size_t mask) {
  if (!node.stores(mask)) return layer;
  auto extents = node.extents(mask);
  if (!extents || extents->empty() || !node.view.in(mask).dtype) return std::nullopt;
  layer.mask = std::move(*extents);
  layer.mask_dtype = *node.view.in(mask).dtype;
  return layer;
}

}  // namespace

std::optional<LayerParams> attention(const MappedNode& node) {
  constexpr std::size_t mask = 3;
  const auto& view = node.view;
  if (!view.node().domain.empty() || !is_plain(node, mask)) return std::nullopt;
  Attention layer;
  layer.causal = view.integer("is_causal", 0) != 0;
  layer.scale = view.real("scale", 0.0);
  layer.softcap = view.real("softcap", 0.0);
  // A room means the usual scale by 0.
  if (view.attribute("scale") != nullptr && layer.scale == 0.0) return std::nullopt;
  const auto is_packed = [](const TensorType& type) { return type.shape.rank() == 3; };
  if (std::any_of(node.inputs.begin(), node.inputs.begin() + mask, is_packed)) {
    layer.heads = view.integer("q_num_heads", 0);
    const auto shared = view.integer("kv_num_heads", 0);
    if (shared != layer.heads) layer.kv_heads = shared;
  }
  // Before opset 24 a mask with fewer keys is none, or broadcasts; since then the keys behind it are hidden.
  constexpr std::int64_t allows_short_masks = 24;
  const auto rank = node.inputs[1].shape.rank();
  if (rank < 2) return std::nullopt;
  const auto keys = node.inputs[1].shape[rank - 2];
  if (view.opset() < allows_short_masks && !speaks_of_all(node, mask, keys)) return std::nullopt;
  return with_mask(node, std::move(layer), mask);
}

/// Of ONNX Runtime: packed queries, and keys and values that are packed or a cache's [batch, heads, steps,
/// size]; an attribute of 0 means the usual scale.
std::optional<LayerParams> multi_head_attention(const MappedNode& node) {
  constexpr std::size_t mask = 5;
  const auto& view = node.view;
  if (view.node().domain != "com.microsoft" || !is_plain(node, mask)) return std::nullopt;
  const auto rank = node.inputs[1].shape.rank();
  if (node.inputs[0].shape.rank() != 3 || node.inputs[2].shape.rank() != rank) return std::nullopt;
  Attention layer;
  layer.heads = view.integer("num_heads", 0);
  layer.scale = view.real("scale", 0.0);
  layer.causal = view.integer("unidirectional", 0) != 0;
  // Queries that are fewer than keys are the last ones there.
  const auto queries = node.inputs[0].shape[1];
  const auto keys = rank == 3 ? node.inputs[1].shape[1] : rank == 4 ? node.inputs[1].shape[2] : 0;
  if (layer.causal && queries != keys) return std::nullopt;
  if (!speaks_of_all(node, mask, keys)) return std::nullopt;
  return with_mask(node, std::move(layer), mask);
}

}  // namespace ns::onnx::mappers
