/// How the whole numbers of a quantised layer stand for real ones.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ns {

/// A whole number x stands for (x - zero_point) * scale (ONNX, DequantizeLinear); a scale of 0: for itself.
struct Scaling {
  double scale = 0.0;
  std::int64_t zero_point = 0;

  explicit operator bool() const { return scale != 0.0; }
  friend bool operator==(const Scaling&, const Scaling&) = default;
};

/// Of a layer with filters. Stored as 8-bit whole numbers, each filter has a factor of its own; they stand
/// around 0 (int8) or 128 (uint8), or each around a zero point of its own, which takes 9 bits to take away.
/// Where the input is whole too, so are the sums, in units of the input's scale times the
/// filter's, to which the bias is rounded; they leave as real numbers or, on the output's scale, as
/// `out_dtype` (ONNX, QLinearConv). A `dynamic` layer makes real input whole as it arrives, by the scale and
/// zero point of its range (dynamic_scaling()), and adds its bias to real sums (ONNX, DynamicQuantizeLinear).
struct Quantisation {
  DType filter_dtype = DType::float32;  // int8 or uint8; float32: as the input is
  bool filter_zero_points = false;
  Scaling in;
  Scaling out;
  DType out_dtype = DType::float32;
  bool dynamic = false;

  [[nodiscard]] bool has_factors() const { return filter_dtype != DType::float32; }
  /// Whether whole numbers are multiplied, not only stored.
  [[nodiscard]] bool is_integer() const { return dynamic || in; }
  /// Whether the bias counts in units of the sums.
  [[nodiscard]] bool rounds_bias() const { return static_cast<bool>(in); }
  /// What filters without zero points of their own stand around.
  [[nodiscard]] std::int64_t middle() const { return filter_dtype == DType::uint8 ? 128 : 0; }
  /// Where the bias stands among filter_weights().
  [[nodiscard]] std::size_t bias_slot() const { return !has_factors() ? 1 : filter_zero_points ? 3 : 2; }
  friend bool operator==(const Quantisation&, const Quantisation&) = default;
};

void fields(auto& io, Room<Quantisation> auto& quantisation) {
  io.element("filter_dtype", quantisation.filter_dtype, DType::float32);
  io.flag("filter_zero_points", quantisation.filter_zero_points, false);
  io.flag("dynamic", quantisation.dynamic, false);
  io.real("in_scale", quantisation.in.scale, 0.0);
  io.number("in_zero_point", quantisation.in.zero_point, 0);
  io.real("out_scale", quantisation.out.scale, 0.0);
  io.number("out_zero_point", quantisation.out.zero_point, 0);
  io.element("out_dtype", quantisation.out_dtype, DType::float32);
}

/// bad_input for filters stored as anything but int8 or uint8, zero points of real ones, a scale that is no
/// positive number, goes with no 8-bit whole type or with filters that are real, and for a zero point that
/// its type has not.
Result<void> check_quantisation(const Quantisation& quantisation, DType input);

/// Element type of the output of a layer that reads `input`.
DType output_dtype(const Quantisation& quantisation, DType input);

/// "weight" of `shape`, filters first, their factors ("weight_scale"), their zero points and the bias, as far
/// as there are any.
std::vector<Weight> filter_weights(const Quantisation& quantisation, Shape shape, bool bias);

/// That of uint8 for real numbers between `low` and `high`, in single precision: 0 is exact, and a range of
/// nothing has a scale of 1 (ONNX, DynamicQuantizeLinear; ONNX Runtime where that divides by 0).
Scaling dynamic_scaling(float low, float high);

/// Makes real numbers whole on the scale of all of them, in single precision, less their zero point.
Scaling make_whole(std::span<double> values);

/// "int8 " before the category of a layer that multiplies whole numbers, "int8 offset " where its filters
/// have zero points, "int8 dynamic " where it makes its input whole.
std::string quantised_category(const Quantisation& quantisation, std::string category);

}  // namespace ns
