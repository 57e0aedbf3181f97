#include "core/text.hpp"
#include "net/onnx/rules.hpp"
#include "net/onnx/rules/element_type.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <array>
#include <fmt/format.h>

namespace ns::onnx {
namespace {

/// Vectors of one value per channel must have as many as the input's axis 1.
Result<void> check_per_channel(const NodeView& node, std::initializer_list<std::size_t> inputs) {
  const auto channels = extent_at(node.in(0), 1);
  for (const auto i : inputs) {
    const auto& vector = node.in(i);
    if (vector.rank() == std::size_t{1} && differ(vector.dims->front(), channels))
      return node.fail(fmt::format("input {} has {}, input 1 is {} and has {}", i + 1,
                                   counted(vector.dims->front().value(), "value"),
                                   to_string(*node.in(0).dims), counted(channels.value(), "channel")));
  }
  return {};
}

/// Training gives running and, before opset 14, saved statistics too: each like the mean that goes in.
Result<void> infer_batch_norm(NodeView& node) {
  // Opset 1 to 8 may normalise every position on its own (spatial = 0).
  if (node.integer("spatial", 1) != 0)
    if (auto checked = check_per_channel(node, {1, 2, 3, 4}); !checked) return checked;
  node.out(0, like(node.in(0)));
  const auto& mean = node.in(3);
  auto statistics = tensor(mean.dtype ? mean.dtype : node.in(0).dtype, mean.dims);
  if (!statistics.dims && node.in(0).dims) statistics.dims = Dims{extent_at(node.in(0), 1)};
  for (std::size_t i = 1; i < node.outputs(); ++i) node.out(i, statistics);
  return {};
}

Result<void> infer_instance_norm(NodeView& node) {
  if (auto checked = check_per_channel(node, {1, 2}); !checked) return checked;
  return same_as_input(node);
}

Result<void> infer_group_norm(NodeView& node) {
  const auto channels = extent_at(node.in(0), 1).number();
  const auto groups = node.integer("num_groups", 1);
  if (groups < 1) return node.fail(fmt::format("`num_groups` is {}; it must be positive", groups));
  if (channels && *channels % groups != 0)
    return node.fail(
        fmt::format("{} groups do not divide the {} channels of input 1, {}; change `num_groups`", groups,
                    *channels, to_string(*node.in(0).dims)));
  // Opset 18 has one scale per group, 21 one per channel.
  if (node.opset() >= 21)
    if (auto checked = check_per_channel(node, {1, 2}); !checked) return checked;
  return same_as_input(node);
}

/// The type of the statistics: `stash_type`, else float32.
DType stash_type(const NodeView& node) {
  return element_type(node.integer("stash_type", 1)).value_or(DType::float32);
}

/// The shape of statistics over the axes from `axis` on: ones there.
Result<std::optional<Dims>> statistics_dims(const NodeView& node, std::int64_t axis) {
  auto dims = node.in(0).dims;
  if (!dims) return dims;
  const auto first = node.axis(axis, dims->size());
  if (!first) return tl::unexpected{first.error()};
  for (auto i = *first; i < dims->size(); ++i) (*dims)[i] = Extent{1};
  return dims;
}

/// LayerNormalization: normalised, mean, inverse deviation.
Result<void> infer_layer_norm(NodeView& node) {
  const auto dims = statistics_dims(node, node.integer("axis", -1));
  if (!dims) return tl::unexpected{dims.error()};
  node.out(0, like(node.in(0)));
  node.out(1, tensor(stash_type(node), *dims));
  node.out(2, tensor(stash_type(node), *dims));
  return {};
}

/// RMSNormalization and ONNX Runtime's SimplifiedLayerNormalization, which gives the inverse deviation too.
/// The result has the scale's type.
Result<void> infer_rms_norm(NodeView& node) {
  const auto dims = statistics_dims(node, node.integer("axis", -1));
  if (!dims) return tl::unexpected{dims.error()};
  node.out(0, like(node.in(0), node.in(1).dtype ? node.in(1).dtype : node.in(0).dtype));
  node.out(1, tensor(stash_type(node), *dims));
  return {};
}

/// SkipLayerNormalization: normalised sum, mean, inverse deviation, the sum.
Result<void> infer_skip_norm(NodeView& node) {
  const auto dims = statistics_dims(node, -1);
  if (!dims) return tl::unexpected{dims.error()};
  node.out(0, like(node.in(0)));
  node.out(1, tensor(DType::float32, *dims));
  node.out(2, tensor(DType::float32, *dims));
  node.out(3, like(node.in(0)));
  return {};
}

/// Looked-up words, positions and segments, added and normalised.
Result<void> embed(NodeView& node, std::size_t words, std::optional<DType> dtype) {
  const auto& ids = node.in(0);
  auto result = tensor(dtype, ids.dims);
  if (result.dims) result.dims->push_back(extent_at(node.in(words), 1));
  node.out(1, tensor(ids.dtype, Dims{extent_at(ids, 0)}));
  node.out(2, result);
  node.out(0, std::move(result));
  return {};
}

Result<void> infer_embed_norm(NodeView& node) { return embed(node, 2, node.in(2).dtype); }
Result<void> infer_quantised_embed_norm(NodeView& node) { return embed(node, 2, node.in(8).dtype); }

/// Sum of two inputs, normalised, beside the sum.
Result<void> infer_skip_group_norm(NodeView& node) {
  node.out(0, like(node.in(0)));
  node.out(1, like(node.in(0)));
  return {};
}

/// Before opset 10 the mask has the data's type.
Result<void> infer_dropout(NodeView& node) {
  const auto& data = node.in(0);
  auto kept = like(data);
  kept.value = data.value;
  node.out(0, std::move(kept));
  node.out(1, like(data, node.opset() < 10 && node.node().domain.empty() ? data.dtype : DType::boolean));
  return {};
}

Result<void> infer_bias_dropout(NodeView& node) {
  node.out(0, like(node.in(0)));
  node.out(1, like(node.in(0), DType::boolean));
  return {};
}

}  // namespace

std::span<const OpRule> normalisation_rules() {
  constexpr auto per_output = Work::outputs;
  static constexpr std::array rules{
      OpRule{"", "BatchNormalization", &infer_batch_norm, per_output},
      OpRule{"", "InstanceNormalization", &infer_instance_norm, per_output},
      OpRule{"", "GroupNormalization", &infer_group_norm, per_output},
      OpRule{"", "LayerNormalization", &infer_layer_norm, per_output},
      OpRule{"", "RMSNormalization", &infer_rms_norm, per_output},
      OpRule{"", "LRN", &same_as_input<>, per_output},
      OpRule{"", "LpNormalization", &same_as_input<>, per_output},
      OpRule{"", "MeanVarianceNormalization", &same_as_input<>, per_output},
      OpRule{"", "Dropout", &infer_dropout, Work::none},
      // ONNX Runtime writes this one without a domain.
      OpRule{"", "SimplifiedLayerNormalization", &infer_rms_norm, per_output},
      OpRule{contrib, "SimplifiedLayerNormalization", &infer_rms_norm, per_output},
      OpRule{contrib, "LayerNormalization", &infer_layer_norm, per_output},
      OpRule{contrib, "RMSNormalization", &infer_rms_norm, per_output},
      OpRule{contrib, "SkipLayerNormalization", &infer_skip_norm, per_output},
      OpRule{contrib, "SkipSimplifiedLayerNormalization", &infer_skip_norm, per_output},
      OpRule{contrib, "EmbedLayerNormalization", &infer_embed_norm, per_output},
      OpRule{contrib, "QEmbedLayerNormalization", &infer_quantised_embed_norm, per_output},
      OpRule{contrib, "GroupNorm", &same_as_input<>, per_output},
      OpRule{contrib, "SkipGroupNorm", &infer_skip_group_norm, per_output},
      OpRule{contrib, "GatedRMSNorm", &same_as_input<>, per_output},
      OpRule{contrib, "BiasDropout", &infer_bias_dropout, Work::outputs},
  };
  return rules;
}

}  // namespace ns::onnx
