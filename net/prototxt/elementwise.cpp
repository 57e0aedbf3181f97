// Rules of activations, normalisations and arithmetic.
#include "net/prototxt/rules.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>

namespace ns::prototxt {

LayerParams make_relu(const Context& context) {
  const auto slope = context.params.real("negative_slope", 0.0);
  if (slope == 0.0) return Act{.kind = Act::Kind::relu};
  return Act{.kind = Act::Kind::leaky_relu, .alpha = slope};
}

LayerParams make_prelu(const Context& context) {
  return Act{.kind = Act::Kind::prelu, .shared = context.params.flag("channel_shared", false)};
}

LayerParams make_elu(const Context& context) {
  return Act{.kind = Act::Kind::elu, .alpha = context.params.real("alpha", 1.0)};
}

LayerParams product_of_two() {
  Eltwise layer;
  layer.kind = Eltwise::Kind::mul;
  return layer;
}

LayerParams make_clip(const Context& context) {
  if (!context.params.has("min") || !context.params.has("max"))
    context.params.fail("min and max are missing");
  return Act{.kind = Act::Kind::clip,
             .alpha = context.params.real("min", 0.0),
             .beta = context.params.real("max", 0.0)};
}

LayerParams make_power(const Context& context) {
  auto& params = context.params;
  return Act{.kind = Act::Kind::power,
             .alpha = params.real("power", 1.0),
             .beta = params.real("scale", 1.0),
             .gamma = params.real("shift", 0.0)};
}

LayerParams make_lrn(const Context& context) {
  auto& params = context.params;
  const auto region = params.word("norm_region", "ACROSS_CHANNELS");
  const bool within = region == "WITHIN_CHANNEL" || region == "1";
  if (!within && region != "ACROSS_CHANNELS" && region != "0")
    params.fail(fmt::format("norm_region must be ACROSS_CHANNELS or WITHIN_CHANNEL, not '{}'", region));
  Norm norm;
  norm.kind = within ? Norm::Kind::lrn_within : Norm::Kind::lrn;
  norm.size = params.integer("local_size", 5);
  norm.alpha = params.real("alpha", 1.0);
  norm.beta = params.real("beta", 0.75);
  norm.k = params.real("k", 1.0);
  return norm;
}

LayerParams make_batch_norm(const Context& context) {
  Norm norm;
  norm.kind = Norm::Kind::batch;
  norm.affine = false;
  norm.factor = true;
  norm.epsilon = context.params.real("eps", 1e-5);
  return norm;
}

LayerParams make_affine_batch_norm(const Context& context) {
  Norm norm;
  norm.kind = Norm::Kind::batch;
  norm.epsilon = context.params.real("eps", context.params.real("var_eps", 1e-5));
  return norm;
}

LayerParams make_eltwise(const Context& context) {
  auto& params = context.params;
  const auto operation = params.word("operation", "SUM");
  Eltwise layer;
  if (operation == "PROD" || operation == "0")
    layer.kind = Eltwise::Kind::mul;
  else if (operation == "MAX" || operation == "2")
    layer.kind = Eltwise::Kind::max;
  else if (operation != "SUM" && operation != "1")
    params.fail(fmt::format("operation must be PROD, SUM or MAX, not '{}'", operation));
  for (std::size_t i = 1; i < context.inputs.size(); ++i)
    if (context.inputs[i].shape != context.inputs[0].shape)
      params.fail(fmt::format("bottoms must have one shape, but bottom 1 has {} and bottom {} has {}",
                              to_string(context.inputs[0].shape), i + 1, to_string(context.inputs[i].shape)));
  layer.coefficients = params.reals("coeff");
  if (std::ranges::all_of(layer.coefficients, [](double each) { return each == 1.0; }))
    layer.coefficients.clear();
  return layer;
}

namespace {

/// A product of two blobs: the second is lined up with the first from `axis` on.
Result<void> add_product(NetWriter& net, const LayerSource& layer, Params& params,
                         const std::vector<TensorType>& inputs) {
  const auto& first = inputs[0].shape;
  const auto& second = inputs[1].shape;
  const auto axis = axis_of(params, "axis", params.integer("axis", 1), first.rank());
  if (params.flag("bias_term", false))
    net.warn(layer, "bias", "the bias of a product of two blobs is not counted");
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  if (axis + second.rank() == first.rank() || second.rank() == 0) return net.add(layer, product_of_two());
  if (axis + second.rank() > first.rank())
    return net.fail(layer, fmt::format("bottom {} does not fit {} from axis {} on", to_string(second),
                                       to_string(first), axis));
  Reshape lined_up{{second.extents().begin(), second.extents().end()}};
  lined_up.extents.resize(first.rank() - axis, 1);
  auto product = layer;
  product.bottoms[1] = layer.name + "/lined_up";
  auto added = net.add_part(layer, "lined_up", lined_up, {layer.bottoms[1]}, {product.bottoms[1]});
  return added ? net.add(product, product_of_two()) : added;
}

/// A parameter that an activation's room does not hold, and Caffe's default, which it means.
struct Held {
  std::string_view key;
  double value;
};

Result<void> add_curve(NetWriter& net, const LayerSource& layer, Act::Kind kind, std::string_view parameters,
                       std::initializer_list<Held> held) {
  if (const auto inputs = net.inputs(layer); !inputs) return tl::unexpected{inputs.error()};
  Params params{layer, parameters};
  bool is_usual = true;
  for (const auto& [key, value] : held) is_usual = params.real(key, value) == value && is_usual;
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  if (!is_usual)
    net.warn(layer, "curve " + layer.op,
             fmt::format("the parameters of {} are not kept: it costs the same, but its values are those of "
                         "the defaults",
                         layer.op));
  return net.add(layer, Act{.kind = kind});
}

}  // namespace

Result<void> add_exponential(NetWriter& net, const LayerSource& layer) {
  return add_curve(net, layer, Act::Kind::exp, "exp_param", {{"base", -1.0}, {"scale", 1.0}, {"shift", 0.0}});
}

Result<void> add_logarithm(NetWriter& net, const LayerSource& layer) {
  return add_curve(net, layer, Act::Kind::log, "log_param", {{"base", -1.0}, {"scale", 1.0}, {"shift", 0.0}});
}

Result<void> add_swish(NetWriter& net, const LayerSource& layer) {
  return add_curve(net, layer, Act::Kind::silu, "swish_param", {{"beta", 1.0}});
}

Result<void> add_scale(NetWriter& net, const LayerSource& layer) {
  const auto inputs = net.inputs(layer);
  if (!inputs) return tl::unexpected{inputs.error()};
  Params params{layer, "scale_param"};
  if (inputs->size() == 2) return add_product(net, layer, params, *inputs);
  Norm norm;
  norm.kind = Norm::Kind::scale;
  norm.bias = params.flag("bias_term", false);
  if (params.integer("axis", 1) != 1 || params.integer("num_axes", 1) != 1)
    net.warn(layer, "scale", "a scale along other axes is counted as one value per channel");
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  return net.add(layer, norm);
}

}  // namespace ns::prototxt
