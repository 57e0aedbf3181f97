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

/// One element in, one out. `alpha` and `beta`: slope of leaky_relu (0.01) and elu (1); bounds of clip; of
/// power, (shift + scale x)^power with power = alpha, scale = beta, shift = gamma. prelu has one slope per
/// channel.
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
    power
  };
  Kind kind = Kind::relu;
  double alpha = 0.0;
  double beta = 0.0;
  double gamma = 0.0;

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
};

void fields(auto& io, Room<Act> auto& layer) {
  io.choice(layer.kind, std::span<const Choice<Act::Kind>>{act_kinds});
  io.real("alpha", layer.alpha, 0.0);
  io.real("beta", layer.beta, 0.0);
  io.real("gamma", layer.gamma, 0.0);
}

/// The input's own type.
Result<std::vector<TensorType>> output_types(const Act& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Act& layer, const Signature& tensors);

/// One per element.
Flops flops(const Act& layer, const Signature& tensors);

std::vector<Weight> weights(const Act& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Act& layer, const Signature& tensors);

/// Number of neurons (paper, section 5.1).
std::vector<Feature> paper_variables(const Act& layer, const Signature& tensors);

/// The kind.
std::string category(const Act& layer, const Signature& tensors);

}  // namespace ns
