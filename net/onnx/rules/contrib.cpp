// Operators of com.microsoft that belong to no other family: those of language models' front and back ends,
// and old forms of what the standard has since.
#include "net/onnx/rules.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

Result<void> expand_dims(NodeView& node) {
  auto dims = node.in(0).dims;
  const auto given = scalar_of(node.in(1));
  if (dims && given && given->is_known()) {
    const auto axis = node.axis(given->value(), dims->size() + 1);
    if (!axis) return tl::unexpected{axis.error()};
    dims->insert(dims->begin() + static_cast<std::ptrdiff_t>(*axis), Extent{1});
  } else if (dims) {
    dims = Dims(dims->size() + 1);
  }
  node.out(0, tensor(node.in(0).dtype, std::move(dims)));
  return {};
}

/// Of a vector: its values once each, where each element is among them, how often each comes.
Result<void> unique_values(NodeView& node) {
  const auto& input = node.in(0);
  auto once = tensor(input.dtype, Dims(1));
  once.on_data = true;
  once.most = bound_of(input);
  auto counts = once;
  counts.dtype = DType::int64;
  node.out(0, std::move(once));
  node.out(1, like(input, DType::int64));
  node.out(2, std::move(counts));
  return {};
}

/// `indices` in place of `axis`.
Dims looked_up(const Dims& table, const Dims& indices, std::size_t axis) {
  Dims dims{table.begin(), table.begin() + static_cast<std::ptrdiff_t>(axis)};
  dims.insert(dims.end(), indices.begin(), indices.end());
  dims.insert(dims.end(), table.begin() + static_cast<std::ptrdiff_t>(axis) + 1, table.end());
  return dims;
}

/// Rows of a table that may be packed: several numbers in a byte of its last axis.
Result<void> look_up(NodeView& node, std::string_view axis_attribute, std::int64_t in_a_byte,
                     std::optional<DType> dtype) {
  const auto& table = node.in(0);
  const auto& indices = node.in(1);
  auto fact = tensor(dtype, std::nullopt);
  if (table.dims && !table.dims->empty() && indices.dims) {
    const auto axis = node.axis(node.integer(axis_attribute, 0), table.dims->size());
    if (!axis) return tl::unexpected{axis.error()};
    auto dims = *table.dims;
    dims.back() = dims.back() * in_a_byte;
    fact.dims = looked_up(dims, *indices.dims, *axis);
  }
  node.out(0, std::move(fact));
  return {};
}

constexpr std::int64_t byte = 8;

/// Numbers of `bits` in a byte; 1 where each stands alone.
std::int64_t in_a_byte(const Fact& packed, std::int64_t bits) {
  return packed.dtype == DType::uint8 && bits > 0 && bits < byte ? byte / bits : 1;
}

Result<void> gather_block_quantized(NodeView& node) {
  return look_up(node, "gather_axis", in_a_byte(node.in(0), node.integer("bits", 4)), node.in(2).dtype);
}

Result<void> torch_embedding(NodeView& node) { return look_up(node, "", 1, node.in(0).dtype); }

/// All windows along an axis; their elements stand on a new last axis.
Result<void> unfold_tensor(NodeView& node) {
  auto dims = node.in(0).dims;
  if (dims) {
    const auto axis = node.axis(node.integer("dim", -1), dims->size());
    if (!axis) return tl::unexpected{axis.error()};
    const auto size = node.integer("size", 1);
    const auto step = node.integer("step", 1);
    if (step < 1) return node.fail(fmt::format("the attribute `step` is {}; it must be at least 1", step));
    (*dims)[*axis] = Extent::floor_quotient((*dims)[*axis] - size, step) + 1;
    dims->emplace_back(size);
  }
  node.out(0, tensor(node.in(0).dtype, std::move(dims)));
  return {};
}

Result<void> murmur_hash(NodeView& node) {
  node.out(0, like(node.in(0), node.integer("positive", 1) != 0 ? DType::uint32 : DType::int32));
  return {};
}

/// As many tokens as the text with most of them has.
Result<void> tokenizer(NodeView& node) {
  auto tokens = tensor(DType::string, node.in(0).dims);
  tokens.on_data = true;
  if (tokens.dims) tokens.dims->emplace_back();
  node.out(0, std::move(tokens));
  return {};
}

/// Batch x positions x elements become tokens x elements.
Result<void> remove_padding(NodeView& node) {
  const auto& input = node.in(0);
  const auto batch = extent_at(input, 0);
  const auto positions = extent_at(input, 1);
  auto tokens = tensor(input.dtype, Dims{Extent{}, extent_at(input, 2)});
  tokens.on_data = true;
  if (Dims most{batch * positions, extent_at(input, 2)}; all_known(most)) tokens.most = std::move(most);
  node.out(0, std::move(tokens));
  node.out(1, tensor(DType::int32, Dims{batch, positions}));
  node.out(2, tensor(DType::int32, Dims{batch + 1}));
  node.out(3, tensor(DType::int32, Dims{1}));
  return {};
}

Result<void> restore_padding(NodeView& node) {
  const auto& places = node.in(1);
  node.out(0, tensor(node.in(0).dtype,
                     Dims{extent_at(places, 0), extent_at(places, 1), extent_at(node.in(0), 1)}));
  return {};
}

/// The table is buckets x heads.
Result<void> relative_position_bias(NodeView& node) {
  const auto length = [&](std::size_t input) { return scalar_of(node.in(input)).value_or(Extent{}); };
  node.out(0, tensor(node.in(0).dtype, Dims{1, extent_at(node.in(0), 1), length(1), length(2)}));
  return {};
}

Result<void> is_all_finite(NodeView& node) {
  node.out(0, tensor(DType::boolean, Dims{}));
  return {};
}

/// Tokens x `k` experts x the products of all their layers, whose weights are packed along their last axis.
std::optional<double> packed_experts_macs(const NodeView& node) {
  const auto& dims = node.in(0).dims;
  if (!dims || dims->empty()) return std::nullopt;
  constexpr std::array weights{std::pair{2U, "fc1_expert_weight_bits"},
                               std::pair{5U, "fc2_expert_weight_bits"},
                               std::pair{8U, "fc3_expert_weight_bits"}};
  const auto bits = node.integer("expert_weight_bits", 4);
  double per_token = 0.0;
  for (const auto& [input, own_bits] : weights) {
    if (!node.has(input)) continue;
    const auto& layer = node.in(input);
    const auto count = count_of({extent_at(layer, 1), extent_at(layer, 2)});
    if (!count) return std::nullopt;
    per_token += *count * static_cast<double>(in_a_byte(layer, node.integer(own_bits, bits)));
  }
  const auto tokens = count_of(Dims{dims->begin(), dims->end() - 1});
  if (!tokens) return std::nullopt;
  return *tokens * per_token * static_cast<double>(node.integer("k", 1));
}

}  // namespace

std::span<const OpRule> contrib_rules() {
  static constexpr std::array rules{
      OpRule{contrib, "ExpandDims", &expand_dims},
      OpRule{contrib, "Unique", &unique_values},
      OpRule{contrib, "GatherBlockQuantized", &gather_block_quantized, Work::outputs},
      OpRule{contrib, "TorchEmbedding", &torch_embedding},
      OpRule{contrib, "UnfoldTensor", &unfold_tensor},
      OpRule{contrib, "MurmurHash3", &murmur_hash, Work::outputs},
      OpRule{contrib, "NGramRepeatBlock", &same_as_input<1>},
      OpRule{contrib, "Tokenizer", &tokenizer},
      OpRule{contrib, "RemovePadding", &remove_padding},
      OpRule{contrib, "RestorePadding", &restore_padding},
      OpRule{contrib, "RelativePositionBias", &relative_position_bias, Work::outputs},
      OpRule{contrib, "IsAllFinite", &is_all_finite, Work::inputs},
      OpRule{contrib, "QMoE", &same_as_input<>, Work::none, &packed_experts_macs},
  };
  return rules;
}

}  // namespace ns::onnx
