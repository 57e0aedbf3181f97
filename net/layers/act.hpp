/// The room of element-wise activations of one input.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// One element in, one out. `alpha` and `beta`: slope of leaky_relu (0.01) and elu (1); bounds of clip; slope
/// and offset of hardsigmoid; of power, (shift + scale x)^power with power = alpha, scale = beta, shift =
/// gamma; alpha of celu, selu (and gamma), thresholded_relu; quick_gelu is x * sigmoid(alpha x); shrink takes
/// its threshold from alpha and its offset from beta. prelu has a stored slope for each channel, or one for
/// all of them (`shared`). round goes to even.
struct Act {
  static constexpr std::string_view type = "act";

  enum class Kind {
    relu,
    relu6,
    leaky_relu,
    prelu,
    elu,
    clip,
    sigmoid,
    tanh,
    htanh,
    hardsigmoid,
    hardswish,
    silu,
    gelu,
    softplus,
    abs,
    exp,
    log,
    power,
    erf,
    sqrt,
    reciprocal,
    neg,
    sign,
    floor,
    ceil,
    round,
    sin,
    cos,
    tan,
    asin,
    acos,
    atan,
    sinh,
    cosh,
    asinh,
    acosh,
    atanh,
    celu,
    selu,
    mish,
    softsign,
    thresholded_relu,
    shrink,
    gelu_tanh,
    quick_gelu,
    logical_not,
    bitwise_not,
    is_nan,
    is_inf
  };
  Kind kind = Kind::relu;
  double alpha = 0.0;
  double beta = 0.0;
  double gamma = 0.0;
  bool shared = false;  // prelu: one slope for all channels

  friend bool operator==(const Act&, const Act&) = default;
};

inline constexpr std::array act_kinds{
    Choice<Act::Kind>{Act::Kind::relu, "relu"},
    Choice<Act::Kind>{Act::Kind::relu6, "relu6"},
    Choice<Act::Kind>{Act::Kind::leaky_relu, "leaky_relu"},
    Choice<Act::Kind>{Act::Kind::prelu, "prelu"},
    Choice<Act::Kind>{Act::Kind::elu, "elu"},
    Choice<Act::Kind>{Act::Kind::clip, "clip"},
    Choice<Act::Kind>{Act::Kind::sigmoid, "sigmoid"},
    Choice<Act::Kind>{Act::Kind::tanh, "tanh"},
    Choice<Act::Kind>{Act::Kind::htanh, "htanh"},
    Choice<Act::Kind>{Act::Kind::hardsigmoid, "hardsigmoid"},
    Choice<Act::Kind>{Act::Kind::hardswish, "hardswish"},
    Choice<Act::Kind>{Act::Kind::silu, "silu"},
    Choice<Act::Kind>{Act::Kind::gelu, "gelu"},
    Choice<Act::Kind>{Act::Kind::softplus, "softplus"},
    Choice<Act::Kind>{Act::Kind::abs, "abs"},
    Choice<Act::Kind>{Act::Kind::exp, "exp"},
    Choice<Act::Kind>{Act::Kind::log, "log"},
    Choice<Act::Kind>{Act::Kind::power, "power"},
    Choice<Act::Kind>{Act::Kind::erf, "erf"},
    Choice<Act::Kind>{Act::Kind::sqrt, "sqrt"},
    Choice<Act::Kind>{Act::Kind::reciprocal, "reciprocal"},
    Choice<Act::Kind>{Act::Kind::neg, "neg"},
    Choice<Act::Kind>{Act::Kind::sign, "sign"},
    Choice<Act::Kind>{Act::Kind::floor, "floor"},
    Choice<Act::Kind>{Act::Kind::ceil, "ceil"},
    Choice<Act::Kind>{Act::Kind::round, "round"},
    Choice<Act::Kind>{Act::Kind::sin, "sin"},
    Choice<Act::Kind>{Act::Kind::cos, "cos"},
    Choice<Act::Kind>{Act::Kind::tan, "tan"},
    Choice<Act::Kind>{Act::Kind::asin, "asin"},
    Choice<Act::Kind>{Act::Kind::acos, "acos"},
    Choice<Act::Kind>{Act::Kind::atan, "atan"},
    Choice<Act::Kind>{Act::Kind::sinh, "sinh"},
    Choice<Act::Kind>{Act::Kind::cosh, "cosh"},
    Choice<Act::Kind>{Act::Kind::asinh, "asinh"},
    Choice<Act::Kind>{Act::Kind::acosh, "acosh"},
    Choice<Act::Kind>{Act::Kind::atanh, "atanh"},
    Choice<Act::Kind>{Act::Kind::celu, "celu"},
    Choice<Act::Kind>{Act::Kind::selu, "selu"},
    Choice<Act::Kind>{Act::Kind::mish, "mish"},
    Choice<Act::Kind>{Act::Kind::softsign, "softsign"},
    Choice<Act::Kind>{Act::Kind::thresholded_relu, "thresholded_relu"},
    Choice<Act::Kind>{Act::Kind::shrink, "shrink"},
    Choice<Act::Kind>{Act::Kind::gelu_tanh, "gelu_tanh"},
    Choice<Act::Kind>{Act::Kind::quick_gelu, "quick_gelu"},
    Choice<Act::Kind>{Act::Kind::logical_not, "not"},
    Choice<Act::Kind>{Act::Kind::bitwise_not, "bitwise_not"},
    Choice<Act::Kind>{Act::Kind::is_nan, "is_nan"},
    Choice<Act::Kind>{Act::Kind::is_inf, "is_inf"},
};

void fields(auto& io, Room<Act> auto& layer) {
  io.choice(layer.kind, std::span<const Choice<Act::Kind>>{act_kinds});
  io.real("alpha", layer.alpha, 0.0);
  io.real("beta", layer.beta, 0.0);
  io.real("gamma", layer.gamma, 0.0);
  io.flag("shared", layer.shared, false);
}

/// What an activation makes of one element.
using ActFunction = double (*)(const Act& act, double x);
/// Of prelu, whose slopes are stored, what leaves the element as it is.
ActFunction function_of(Act::Kind kind);

/// The input's own type; of not, is_nan and is_inf booleans. bad_input for a prelu without channels, or a
/// slope that is shared and not prelu's.
Result<std::vector<TensorType>> output_types(const Act& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Act& layer, const Signature& tensors);

/// One per element.
Flops flops(const Act& layer, const Signature& tensors);

std::vector<Weight> weights(const Act& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Act& layer, const Signature& tensors);

/// Number of neurons (paper, section 5.1).
std::vector<Feature> paper_variables(const Act& layer, const Signature& tensors);

/// The kind; of a prelu with one slope that of leaky_relu, which it is.
std::string category(const Act& layer, const Signature& tensors);

}  // namespace ns
