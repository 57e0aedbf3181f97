/// The room of converting elements to another type.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Each element converted; the shape stays. With a `scale` real numbers are quantised, that is x / scale +
/// zero_point, rounded and saturated, and whole ones brought back, (x - zero_point) * scale (ONNX,
/// QuantizeLinear and DequantizeLinear with one scale for all elements).
struct Cast {
  static constexpr std::string_view type = "cast";

  DType dtype = DType::float32;
  double scale = 0.0;  // 0: the number itself is converted
  std::int64_t zero_point = 0;

  friend bool operator==(const Cast&, const Cast&) = default;
};

void fields(auto& io, Room<Cast> auto& layer) {
  io.element("dtype", layer.dtype, DType::float32);
  io.real("scale", layer.scale, 0.0);
  io.number("zero_point", layer.zero_point, 0);
}

/// In single precision, as runtimes divide: ties fall as theirs do.
double scaled_down(double value, double scale);
/// What quantising makes of `value`; a real `dtype` has no zero point.
double quantised(DType dtype, double value, double scale, double zero_point);

/// The input's shape with `dtype`. bad_input for a scale between types that are both real or both whole,
/// below 0, or with a zero point that the whole one has not; and for a zero point alone.
Result<std::vector<TensorType>> output_types(const Cast& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Cast& layer, const Signature& tensors);

/// One per element; with a scale two.
Flops flops(const Cast& layer, const Signature& tensors);

std::vector<Weight> weights(const Cast& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Cast& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Cast& layer, const Signature& tensors);

/// From which type to which, and whether by a scale.
std::string category(const Cast& layer, const Signature& tensors);

}  // namespace ns
