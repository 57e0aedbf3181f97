#include "regression/facts.hpp"

#include <algorithm>
#include <cmath>

namespace ns {
namespace {

/// A feature that follows from two others. `base` names the room's feature it needs.
struct Derived {
  std::string_view name;
  std::string_view base;
  double (*of)(double base);
};

/// How much a count grows when it is rounded up to a whole number of vector blocks.
template <int block>
double waste(double count) {
  return count > 0.0 ? std::ceil(count / block) * block / count : 1.0;
}

/// Vector code works in blocks of 8 (SSE4.1, AVX2) and 16 (AVX-512) channels and falls back where they do not
/// fit.
constexpr std::array derived{
    Derived{"group_channels_waste8", "group_channels", waste<8>},
    Derived{"group_channels_waste16", "group_channels", waste<16>},
    Derived{"group_filters_waste8", "group_filters", waste<8>},
    Derived{"group_filters_waste16", "group_filters", waste<16>},
    Derived{"group_filters_waste64", "group_filters", waste<64>},
    Derived{"channels_waste8", "channels", waste<8>},
    Derived{"channels_waste16", "channels", waste<16>},
    Derived{"out_width_waste6", "out_width", waste<6>},
    Derived{"out_width_waste14", "out_width", waste<14>},
    Derived{"in_features_waste16", "in_features", waste<16>},
    Derived{"out_features_waste16", "out_features", waste<16>},
    Derived{"along_waste16", "along", waste<16>},
    Derived{"inner_waste16", "inner", waste<16>},
};

double value_of(std::span<const Feature> features, std::string_view name, double otherwise = 0.0) {
  const auto found = std::ranges::find(features, name, &Feature::name);
  return found == features.end() ? otherwise : found->value;
}

bool has(std::span<const Feature> features, std::string_view name) {
  return std::ranges::find(features, name, &Feature::name) != features.end();
}

void add_derived(LayerFacts& facts, std::span<const Feature> room) {
  const auto add = [&](std::string_view name, double value) {
    facts.features.push_back(Feature{std::string{name}, value});
  };
  for (const auto& [name, base, of] : derived)
    if (has(room, base)) add(name, of(value_of(room, base)));
  if (has(room, "group_channels") && has(room, "kernel_elements")) {
    const auto window = value_of(room, "group_channels") * value_of(room, "kernel_elements");
    add("window", window);
    facts.unrolled = Bytes{window * value_of(room, "out_pixels") * value_of(room, "groups", 1.0) * 4.0};
    add("unrolled_bytes", facts.unrolled.value());
  }
  if (has(room, "runs")) {
    facts.runs = value_of(room, "runs");
  } else if (has(room, "run")) {
    facts.runs = value_of(room, "elements") / std::max(value_of(room, "run"), 1.0);
    add("runs", facts.runs);
  }
  const auto traffic = facts.input + facts.output + facts.weights;
  add("flops", facts.flops.value());
  add("input_bytes", facts.input.value());
  add("output_bytes", facts.output.value());
  add("weight_bytes", facts.weights.value());
  add("traffic_bytes", traffic.value());
  add("intensity", traffic.value() > 0.0 ? facts.flops.value() / traffic.value() : 0.0);
}

void add_epilogue(LayerFacts& facts) {
  const auto has_step = [&](std::string_view step) {
    return facts.epilogue.find(step) != std::string::npos ? 1.0 : 0.0;
  };
  facts.features.push_back(Feature{"fused_act", has_step("act")});
  facts.features.push_back(Feature{"fused_add", has_step("add")});
}

/// Whether the channels fill the vector blocks of 8 that CPU kernels are written for: "blocked"; "first" for
/// an image's few channels, which have kernels of their own; "plain" where backends fall back to a matrix
/// product.
std::string_view blocking(std::span<const Feature> room, bool depthwise) {
  const auto fills = [&](std::string_view count) { return std::fmod(value_of(room, count), 8.0) == 0.0; };
  if (depthwise) return fills("groups") ? "blocked" : "plain";
  if (!fills("group_filters")) return "plain";
  if (fills("group_channels")) return "blocked";
  return value_of(room, "group_channels") <= 3.0 ? "first" : "plain";
}

/// Before the category of layers that multiply whole numbers, the longer ones first.
constexpr std::array<std::string_view, 3> integer{"int8 dynamic ", "int8 offset ", "int8 "};

/// Where backends change the algorithm: for convolutions depthwise or not, a window of one element or more,
/// and the blocking of channels; for others the first word of the category, with the blocking where blocks
/// are moved. Whole numbers have segments of their own.
std::string segment_of(std::string_view category, std::span<const Feature> room) {
  for (const auto kind : integer)
    if (category.starts_with(kind)) return std::string{kind} + segment_of(category.substr(kind.size()), room);
  if (has(room, "block")) {
    const bool fills = std::fmod(value_of(room, "block"), 8.0) == 0.0;
    return std::string{category.substr(0, category.find(' '))} + (fills ? " blocked" : " plain");
  }
  if (!has(room, "group_channels")) return std::string{category.substr(0, category.find(' '))};
  const bool depthwise = category.starts_with("depthwise");
  const auto* const window = depthwise ? "depthwise " : value_of(room, "kernel_elements") == 1.0 ? "k1 " : "";
  return std::string{window} + std::string{blocking(room, depthwise)};
}

/// Types whose cost per element depends on what the category says beside the shape.
constexpr std::array<std::string_view, 17> by_kind{
    Attention::type, Act::type,       Norm::type,    Softmax::type, Argmax::type, Topk::type,
    Reduce::type,    Cumsum::type,    Eltwise::type, Cast::type,    Crop::type,   Pad::type,
    Expand::type,    Transpose::type, Gather::type,  Scatter::type, Resize::type};

std::string variant_of(const LayerFacts& facts) {
  for (const auto kind : integer)
    if (facts.category.starts_with(kind)) return std::string{kind.substr(0, kind.size() - 1)};
  return std::ranges::find(by_kind, facts.type) == by_kind.end() ? facts.epilogue : facts.category;
}

/// The types around the head alone: second operands of the epilogue are not its inputs.
Result<Signature> head_signature(const LayerConfig& layer) {
  const auto operands = static_cast<std::size_t>(std::ranges::count_if(
      layer.epilogue, [](const LayerParams& step) { return type_of(step) == Eltwise::type; }));
  if (operands > 0 && layer.inputs.size() <= operands) return bad_input("the layer has too few inputs");
  Signature head;
  head.inputs.assign(layer.inputs.begin(), layer.inputs.end() - static_cast<std::ptrdiff_t>(operands));
  auto outputs = output_types(layer.params, head.inputs);
  if (!outputs) return tl::unexpected{std::move(outputs.error())};
  head.outputs = std::move(*outputs);
  return head;
}

}  // namespace

std::string_view model_type(const LayerParams& head) {
  const auto* const quantisation = quantisation_of(head);
  if (quantisation == nullptr || !quantisation->is_integer()) return type_of(head);
  if (std::holds_alternative<Rnn>(head)) return "rnn int8";
  return std::holds_alternative<Conv>(head) ? "conv int8" : "fc int8";
}

double tree_scale(double value) {
  return std::round(std::log2(1.0 + std::max(value, 0.0)) / tree_step) * tree_step;
}

Result<LayerFacts> facts_of(const LayerConfig& layer) {
  const auto head = head_signature(layer);
  if (!head) return tl::unexpected{head.error()};
  const auto whole = cost(layer);
  if (!whole) return tl::unexpected{whole.error()};
  const auto room = ns::features(layer.params, *head);
  LayerFacts facts;
  facts.type = model_type(layer.params);
  facts.category = ns::category(layer.params, *head);
  facts.segment = segment_of(facts.category, room);
  const auto kind = kernel_kind(layer);
  const auto plus = kind.find('+');
  if (plus != std::string::npos) facts.epilogue = kind.substr(plus + 1);
  facts.flops = whole->flops;
  facts.input = whole->input_bytes;
  facts.output = whole->output_bytes;
  facts.weights = whole->weight_bytes;
  facts.paper = paper_variables(layer.params, *head);
  facts.features = room;
  add_derived(facts, room);
  add_epilogue(facts);
  facts.variant = variant_of(facts);
  facts.variant_bytes = has(room, "along") ? facts.input : facts.output;
  if (!facts.variant.empty()) facts.features.push_back(Feature{"is " + facts.variant, 1.0});
  for (auto& feature : facts.features) feature.value = tree_scale(feature.value);
  return facts;
}

void pick(std::span<const Feature> features, std::span<const std::string> names, std::span<double> values) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    // Nearly always the same features in the same order.
    const bool in_place = i < features.size() && features[i].name == names[i];
    values[i] = in_place ? features[i].value : value_of(features, names[i]);
  }
}

}  // namespace ns
