/// The room of resampling to other extents.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Output of `extents`, one per axis, each element interpolated at its place in the input as ONNX's Resize
/// defines: `coordinates` maps an output index to an input position by the scale (`scales` where the file
/// gives them, else the ratio of extents), `rounding` picks the neighbour of nearest, `cubic` is the kernel's
/// coefficient.
struct Resize {
  static constexpr std::string_view type = "resize";

  enum class Mode { nearest, linear, cubic };
  enum class Coordinates {
    half_pixel,
    half_pixel_symmetric,
    pytorch_half_pixel,
    align_corners,
    asymmetric,
    tf_half_pixel_for_nn,
    tf_crop_and_resize
  };
  enum class Rounding { round_prefer_floor, round_prefer_ceil, floor, ceil };

  Mode mode = Mode::nearest;
  std::vector<std::int64_t> extents{};
  std::vector<double> scales{};
  Coordinates coordinates = Coordinates::half_pixel;
  Rounding rounding = Rounding::round_prefer_floor;
  double cubic = -0.75;
  bool exclude_outside = false;  // weights outside the input count as 0, the others are scaled up
  bool antialias = false;        // shrinking averages over all the input that an output element covers

  friend bool operator==(const Resize&, const Resize&) = default;
};

inline constexpr std::array resize_modes{
    Choice<Resize::Mode>{Resize::Mode::nearest, "nearest"},
    Choice<Resize::Mode>{Resize::Mode::linear, "linear"},
    Choice<Resize::Mode>{Resize::Mode::cubic, "cubic"},
};
inline constexpr std::array resize_coordinates{
    Choice<Resize::Coordinates>{Resize::Coordinates::half_pixel, "half_pixel"},
    Choice<Resize::Coordinates>{Resize::Coordinates::half_pixel_symmetric, "half_pixel_symmetric"},
    Choice<Resize::Coordinates>{Resize::Coordinates::pytorch_half_pixel, "pytorch_half_pixel"},
    Choice<Resize::Coordinates>{Resize::Coordinates::align_corners, "align_corners"},
    Choice<Resize::Coordinates>{Resize::Coordinates::asymmetric, "asymmetric"},
    Choice<Resize::Coordinates>{Resize::Coordinates::tf_half_pixel_for_nn, "tf_half_pixel_for_nn"},
    Choice<Resize::Coordinates>{Resize::Coordinates::tf_crop_and_resize, "tf_crop_and_resize"},
};
inline constexpr std::array resize_roundings{
    Choice<Resize::Rounding>{Resize::Rounding::round_prefer_floor, "round_prefer_floor"},
    Choice<Resize::Rounding>{Resize::Rounding::round_prefer_ceil, "round_prefer_ceil"},
    Choice<Resize::Rounding>{Resize::Rounding::floor, "floor"},
    Choice<Resize::Rounding>{Resize::Rounding::ceil, "ceil"},
};

void fields(auto& io, Room<Resize> auto& layer) {
  io.choice(layer.mode, std::span<const Choice<Resize::Mode>>{resize_modes});
  io.list("extents", layer.extents);
  io.reals("scales", layer.scales);
  io.choice("coordinates", layer.coordinates,
            std::span<const Choice<Resize::Coordinates>>{resize_coordinates},
            Resize::Coordinates::half_pixel);
  io.choice("rounding", layer.rounding, std::span<const Choice<Resize::Rounding>>{resize_roundings},
            Resize::Rounding::round_prefer_floor);
  io.real("cubic", layer.cubic, -0.75);
  io.flag("exclude_outside", layer.exclude_outside, false);
  io.flag("antialias", layer.antialias, false);
}

/// bad_input unless there is one positive extent, and no or one positive scale, per axis.
Result<std::vector<TensorType>> output_types(const Resize& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Resize& layer, const Signature& tensors);

/// One per output element.
Flops flops(const Resize& layer, const Signature& tensors);

std::vector<Weight> weights(const Resize& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Resize& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Resize& layer, const Signature& tensors);

/// The mode, how coordinates are mapped, and antialiasing.
std::string category(const Resize& layer, const Signature& tensors);

}  // namespace ns
