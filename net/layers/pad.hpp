/// The room of adding elements around a tensor.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// `pads`: before each axis, then behind each axis; negative ones cut away. `mode`: what is added: `value`,
/// the mirrored input without its edge element (reflect), the edge element, or the other end (wrap).
struct Pad {
  static constexpr std::string_view type = "pad";

  enum class Mode { constant, reflect, edge, wrap };

  Mode mode = Mode::constant;
  std::vector<std::int64_t> pads{};
  double value = 0.0;

  friend bool operator==(const Pad&, const Pad&) = default;
};

inline constexpr std::array pad_modes{
    Choice<Pad::Mode>{Pad::Mode::constant, "constant"},
    Choice<Pad::Mode>{Pad::Mode::reflect, "reflect"},
    Choice<Pad::Mode>{Pad::Mode::edge, "edge"},
    Choice<Pad::Mode>{Pad::Mode::wrap, "wrap"},
};

/// Where element `place` of an axis, counted from the input's first, comes from; -1 for what is added as a
/// constant.
std::int64_t source_of(Pad::Mode mode, std::int64_t place, std::int64_t extent);

void fields(auto& io, Room<Pad> auto& layer) {
  io.choice(layer.mode, std::span<const Choice<Pad::Mode>>{pad_modes});
  io.list("pads", layer.pads);
  io.real("value", layer.value, 0.0);
}

/// bad_input unless there are two pads per axis, that leave something and that the mode can fill.
Result<std::vector<TensorType>> output_types(const Pad& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Pad& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const Pad& layer, const Signature& tensors);

std::vector<Weight> weights(const Pad& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Pad& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Pad& layer, const Signature& tensors);

/// The mode.
std::string category(const Pad& layer, const Signature& tensors);

}  // namespace ns
