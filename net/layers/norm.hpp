/// The room of normalisation.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Input [N, C, spatial...], output the same.
/// lrn: x / (k + alpha / n * sum of squares)^beta over `size` channels, or (lrn_within) a size x size window.
/// batch: with stored mean and variance [C], and scale and shift [C] when `affine`; Caffe's third blob, one
/// factor for both statistics, when `factor`. scale: x * scale + shift, [C] each (shift when `bias`).
/// layer: mean 0 and variance 1 over the axes from `axis` on; rms: divided by the root of the mean square
/// over them; scale and shift over those extents. instance: mean 0 and variance 1 over each map; group: over
/// each of `groups` equal parts of the channels and their maps; scale and shift [C]. Of these four, scale
/// when `affine`, shift when `bias` as well.
struct Norm {
  static constexpr std::string_view type = "norm";

  enum class Kind { lrn, lrn_within, batch, scale, layer, rms, instance, group };

  Kind kind = Kind::lrn;
  std::int64_t size = 5;
  double alpha = 1e-4;
  double beta = 0.75;
  double k = 1.0;
  bool affine = true;
  bool factor = false;
  bool bias = true;
  double epsilon = 1e-5;
  std::int64_t axis = 1;
  std::int64_t groups = 1;

  friend bool operator==(const Norm&, const Norm&) = default;
};

inline constexpr std::array norm_kinds{
    Choice<Norm::Kind>{Norm::Kind::lrn, "lrn"},
    Choice<Norm::Kind>{Norm::Kind::lrn_within, "lrn_within"},
    Choice<Norm::Kind>{Norm::Kind::batch, "batch"},
    Choice<Norm::Kind>{Norm::Kind::scale, "scale"},
    Choice<Norm::Kind>{Norm::Kind::layer, "layer"},
    Choice<Norm::Kind>{Norm::Kind::rms, "rms"},
    Choice<Norm::Kind>{Norm::Kind::instance, "instance"},
    Choice<Norm::Kind>{Norm::Kind::group, "group"},
};

void fields(auto& io, Room<Norm> auto& layer) {
  io.choice(layer.kind, std::span<const Choice<Norm::Kind>>{norm_kinds});
  if (layer.kind == Norm::Kind::lrn || layer.kind == Norm::Kind::lrn_within) {
    io.number("size", layer.size, 5);
    io.real("alpha", layer.alpha, 1e-4);
    io.real("beta", layer.beta, 0.75);
    io.real("k", layer.k, 1.0);
  } else if (layer.kind == Norm::Kind::batch) {
    io.flag("affine", layer.affine, true);
    io.flag("factor", layer.factor, false);
    io.real("epsilon", layer.epsilon, 1e-5);
  } else if (layer.kind == Norm::Kind::scale) {
    io.flag("bias", layer.bias, true);
  } else {
    if (layer.kind == Norm::Kind::layer || layer.kind == Norm::Kind::rms) io.number("axis", layer.axis, 1);
    if (layer.kind == Norm::Kind::group) io.number("groups", layer.groups, 1);
    io.flag("affine", layer.affine, true);
    io.flag("bias", layer.bias, true);
    io.real("epsilon", layer.epsilon, 1e-5);
  }
}

/// bad_input for an input without channels or the axis, groups that do not divide the channels, or an lrn
/// size that is not odd and positive.
Result<std::vector<TensorType>> output_types(const Norm& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Norm& layer, const Signature& tensors);

/// One per element (the window of lrn not counted).
Flops flops(const Norm& layer, const Signature& tensors);

std::vector<Weight> weights(const Norm& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Norm& layer, const Signature& tensors);

/// Number of neurons (paper, section 5.1).
std::vector<Feature> paper_variables(const Norm& layer, const Signature& tensors);

/// The kind, and the size of lrn.
std::string category(const Norm& layer, const Signature& tensors);

}  // namespace ns
