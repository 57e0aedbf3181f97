#include "core/text.hpp"
#include "net/onnx/rules.hpp"
#include "net/onnx/rules/likeness.hpp"
#include "net/onnx/rules/window.hpp"

#include <array>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// Where a convolution keeps what. Weights: output channels x channels per group x kernel; transposed
/// convolutions: input channels x output channels per group x kernel.
struct Form {
  std::size_t weights = 1;  // input
  Layout layout = Layout::channels_first;
};

Result<void> check_channels(const NodeView& node, const Extent& in, const Dims& weights, std::int64_t group) {
  if (!in.is_known()) return {};
  if (in.value() % group != 0)
    return node.fail(fmt::format("the input has {} channels, which {} groups do not divide; change `group`",
                                 in.value(), group));
  if (const auto& per_group = weights[1]; differ(per_group * Extent{group}, in))
    return node.fail(fmt::format("the input has {} in {}, but the weights {} take {} per group",
                                 counted(in.value(), "channel"), counted(group, "group"), to_string(weights),
                                 per_group.value()));
  if (weights[0].is_known() && weights[0].value() % group != 0)
    return node.fail(
        fmt::format("{} groups do not divide the {} output channels of the weights {}; change `group`", group,
                    weights[0].value(), to_string(weights)));
  return {};
}

Result<void> check_transposed_channels(const NodeView& node, const Extent& in, const Dims& weights,
                                       std::int64_t group) {
  if (differ(in, weights[0]))
    return node.fail(fmt::format("the input has {}, but the weights {} take {}",
                                 counted(in.value(), "channel"), to_string(weights), weights[0].value()));
  if (in.is_known() && in.value() % group != 0)
    return node.fail(fmt::format("the input has {} channels, which {} groups do not divide; change `group`",
                                 in.value(), group));
  return {};
}

Result<std::int64_t> group_of(const NodeView& node) {
  const auto group = node.integer("group", 1);
  if (group < 1) return node.fail(fmt::format("`group` is {}; it must be positive", group));
  return group;
}

using Stretch = Result<Dims> (*)(const NodeView&, const Window&, const Dims&);

/// The shape of the output: `channels` replace the input's, `stretch` its spatial extents.
Result<Dims> convolved(const NodeView& node, const Window& window, Layout layout, const Dims& dims,
                       const Extent& channels, Stretch stretch) {
  auto image = image_of(node, dims, layout);
  if (!image) return tl::unexpected{image.error()};
  auto extents = stretch(node, window, image->extents);
  if (!extents) return tl::unexpected{extents.error()};
  return dims_of({image->batch, channels, *std::move(extents)}, layout);
}

/// Weights must have two axes more than the kernel, as the input has.
Result<void> check_ranks(const NodeView& node, const Fact& data, const Fact& weights) {
  if (!data.dims || !weights.dims || data.dims->size() == weights.dims->size()) return {};
  return node.fail(fmt::format("the input is {}, the weights are {}; both must have as many axes",
                               to_string(*data.dims), to_string(*weights.dims)));
}

/// A dense convolution: what it makes of data and weights.
Result<void> infer_form(NodeView& node, Form form, std::optional<DType> dtype, bool transposed) {
  const auto& data = node.in(0);
  const auto& weights = node.in(form.weights);
  if (auto checked = check_ranks(node, data, weights); !checked) return checked;
  const auto group = group_of(node);
  if (!group) return tl::unexpected{group.error()};
  auto kernel = kernel_of(node, weights.dims);
  if (!kernel) return tl::unexpected{kernel.error()};
  if (!*kernel) {  // neither weights nor attribute: only the rank follows
    auto result = tensor(dtype, data.dims ? std::optional{Dims(data.dims->size())} : std::nullopt);
    if (result.dims && !result.dims->empty()) result.dims->front() = data.dims->front();
    node.out(0, std::move(result));
    return {};
  }
  auto window = window_of(node, **std::move(kernel));
  if (!window) return tl::unexpected{window.error()};
  const auto assumed = data.dims ? data : tensor(data.dtype, Dims(window->rank() + 2));
  Extent channels;
  if (weights.dims) {
    const auto image = image_of(node, *assumed.dims, form.layout);
    if (!image) return tl::unexpected{image.error()};
    const auto check = transposed ? check_transposed_channels : check_channels;
    if (auto checked = check(node, image->channels, *weights.dims, *group); !checked) return checked;
    channels = transposed ? (*weights.dims)[1] * Extent{*group} : (*weights.dims)[0];
  }
  auto result = shaped(assumed, dtype, [&](const Dims& dims) {
    return convolved(node, *window, form.layout, dims, channels, transposed ? spread : slide);
  });
  if (!result) return tl::unexpected{result.error()};
  node.out(0, *std::move(result));
  return {};
}

Result<void> infer_conv(NodeView& node) { return infer_form(node, {}, node.in(0).dtype, false); }
Result<void> infer_deconv(NodeView& node) { return infer_form(node, {}, node.in(0).dtype, true); }
Result<void> infer_integer_conv(NodeView& node) { return infer_form(node, {}, DType::int32, false); }

Result<void> infer_nhwc_conv(NodeView& node) {
  return infer_form(node, {1, Layout::channels_last}, node.in(0).dtype, false);
}

/// Data, scale, zero point, weights, scale, zero point, scale and zero point of the result, bias.
Result<void> infer_quantised_conv(NodeView& node) {
  const auto& zero_point = node.in(7);
  return infer_form(node, {3, layout_of(node)}, zero_point.dtype ? zero_point.dtype : node.in(0).dtype,
                    false);
}

/// Pads are input 3 and may be unknown: then so are the spatial extents.
Result<void> infer_deconv_with_pads(NodeView& node) {
  const auto pads = numbers_of(node.in(2));
  auto done = infer_deconv(node);
  if (!done || !node.has(2) || node.made(0).rank().value_or(0) < 2) return done;
  auto result = node.made(0);
  const auto count = result.dims->size() - 2;
  const bool usable = pads && pads->size() == 2 * count;
  for (std::size_t i = 0; i < count; ++i)
    (*result.dims)[2 + i] =
        usable ? (*result.dims)[2 + i] - Extent{(*pads)[i]} - Extent{(*pads)[count + i]} : Extent{};
  result.most.reset();
  node.out(0, std::move(result));
  return {};
}

/// Columns N x (C x block) x L back into an image N x C x image_shape.
Result<void> infer_col2im(NodeView& node) {
  const auto& data = node.in(0);
  const auto* shape = extents_of(node.in(1));
  const auto* block = extents_of(node.in(2));
  const auto axes = extent_at(node.in(1), 0).number();
  constexpr auto most = static_cast<std::int64_t>(max_value_elements);
  if (shape == nullptr && (!axes || *axes < 0 || *axes > most)) {
    node.out(0, tensor(data.dtype, std::nullopt));
    return {};
  }
  Dims dims{extent_at(data, 0), Extent{}};
  if (const auto rows = extent_at(data, 1); block != nullptr && !rows.is_unknown()) {
    auto channels = Extent::quotient(rows, elements(*block));
    if (!channels)
      return node.fail(fmt::format("the input is {}; blocks of {} elements do not divide its second axis",
                                   to_string(*data.dims), to_string(elements(*block))));
    dims[1] = *std::move(channels);
  }
  if (shape != nullptr)
    dims.insert(dims.end(), shape->begin(), shape->end());
  else
    dims.resize(2 + static_cast<std::size_t>(*axes));
  node.out(0, tensor(data.dtype, std::move(dims)));
  return {};
}

/// Depthwise over time; the second output carries the last k - 1 positions on. ONNX Runtime's form has more
/// layouts.
Result<void> infer_causal_conv(NodeView& node) {
  const auto& data = node.in(0);
  node.out(0, like(data));
  if (node.has(3)) {
    node.out(1, like(node.in(3)));
    return {};
  }
  const bool plain = node.attribute("state_window") == nullptr && node.attribute("state_length") == nullptr;
  if (plain && node.integer("ndim", 1) == 1 && layout_of(node) == Layout::channels_first)
    node.out(1, tensor(data.dtype,
                       Dims{extent_at(data, 0), extent_at(data, 1),
                            (extent_at(node.in(1), 2) - Extent{1}) * Extent{node.integer("dilation", 1)}}));
  return {};
}

/// Elements x channels per group x kernel: the weights without their first axis.
std::optional<double> per_element(const Fact& elements, const Fact& weights) {
  if (!elements.dims || !weights.dims || weights.dims->empty()) return std::nullopt;
  const auto count = count_of(*elements.dims);
  const auto window = count_of(Dims{weights.dims->begin() + 1, weights.dims->end()});
  return count && window ? std::optional{*count * *window} : std::nullopt;
}

template <std::size_t weights>
std::optional<double> conv_macs(const NodeView& node) {
  return per_element(node.made(0), node.in(weights));
}

std::optional<double> deconv_macs(const NodeView& node) { return per_element(node.in(0), node.in(1)); }

constexpr auto no_work = Work::none;

}  // namespace

std::span<const OpRule> convolution_rules() {
  static constexpr std::array rules{
      OpRule{"", "Conv", &infer_conv, no_work, &conv_macs<1>},
      OpRule{"", "ConvTranspose", &infer_deconv, no_work, &deconv_macs},
      OpRule{"", "DeformConv", &infer_conv, no_work, &conv_macs<1>},
      OpRule{"", "ConvInteger", &infer_integer_conv, no_work, &conv_macs<1>},
      OpRule{"", "QLinearConv", &infer_quantised_conv, no_work, &conv_macs<3>},
      OpRule{"", "Col2Im", &infer_col2im, Work::inputs},
      OpRule{"", "CausalConvWithState", &infer_causal_conv, no_work, &conv_macs<1>},
      OpRule{contrib, "CausalConvWithState", &infer_causal_conv, no_work, &conv_macs<1>},
      OpRule{contrib, "FusedConv", &infer_conv, no_work, &conv_macs<1>},
      OpRule{contrib, "NhwcConv", &infer_nhwc_conv, no_work, &conv_macs<1>},
      OpRule{contrib, "NhwcFusedConv", &infer_nhwc_conv, no_work, &conv_macs<1>},
      OpRule{contrib, "QLinearConv", &infer_quantised_conv, no_work, &conv_macs<3>},
      OpRule{contrib, "ConvTransposeWithDynamicPads", &infer_deconv_with_pads, no_work, &deconv_macs},
  };
  return rules;
}

}  // namespace ns::onnx
