#include "net/layers/quantisation.hpp"

#include "core/array.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace ns {
namespace {

bool is_byte(DType dtype) { return dtype == DType::int8 || dtype == DType::uint8; }

Result<void> check_scaling(const Scaling& scaling, DType dtype, std::string_view place) {
  if (!std::isfinite(scaling.scale) || scaling.scale < 0.0)
    return bad_input(fmt::format("{}_scale is {}, which is no positive number", place, scaling.scale));
  if (!scaling) {
    if (scaling.zero_point != 0) return bad_input(fmt::format("{}_zero_point goes with a scale", place));
    return {};
  }
  if (!is_byte(dtype) && place == "out") return bad_input("out_scale needs out_dtype=int8 or uint8");
  if (!is_byte(dtype))
    return bad_input(fmt::format("{}_scale goes with int8 or uint8, not with {}", place, to_string(dtype)));
  const auto [low, high] = range_of(dtype);
  const auto zero_point = static_cast<double>(scaling.zero_point);
  if (zero_point < low || zero_point > high)
    return bad_input(fmt::format("{} has no zero point {}", to_string(dtype), scaling.zero_point));
  return {};
}

}  // namespace

Result<void> check_quantisation(const Quantisation& quantisation, DType input) {
  if (quantisation.has_factors() && !is_byte(quantisation.filter_dtype))
    return bad_input(fmt::format("filters are stored as int8, uint8 or as their input is, not as {}",
                                 to_string(quantisation.filter_dtype)));
  if (quantisation.filter_zero_points && !quantisation.has_factors())
    return bad_input("filter_zero_points go with filter_dtype=int8 or uint8");
  if (quantisation.dynamic) {
    if (quantisation.in) return bad_input("dynamic and in_scale exclude each other");
    if (input != DType::float32)
      return bad_input(fmt::format("dynamic goes with float32, not with {}", to_string(input)));
  }
  if (auto checked = check_scaling(quantisation.in, input, "in"); !checked) return checked;
  if (quantisation.is_integer() && !quantisation.has_factors())
    return bad_input(fmt::format("{} goes with filter_dtype=int8 or uint8",
                                 quantisation.dynamic ? "dynamic" : "in_scale"));
  if (quantisation.has_factors() && !quantisation.is_integer() && !is_floating(input))
    return bad_input(
        fmt::format("{} elements need in_scale beside filters of whole numbers", to_string(input)));
  if (quantisation.out && !quantisation.in) return bad_input("out_scale goes with in_scale");
  if (!quantisation.out && quantisation.out_dtype != DType::float32)
    return bad_input("out_dtype goes with out_scale");
  return check_scaling(quantisation.out, quantisation.out_dtype, "out");
}

DType output_dtype(const Quantisation& quantisation, DType input) {
  return quantisation.is_integer() ? quantisation.out_dtype : input;
}

std::vector<Weight> filter_weights(const Quantisation& quantisation, Shape shape, bool bias) {
  const Shape per_filter{shape[0]};
  std::vector<Weight> list{{"weight", std::move(shape)}};
  if (quantisation.has_factors()) {
    list.front().dtype = quantisation.filter_dtype;
    list.push_back({"weight_scale", per_filter, DType::float32});
  }
  if (quantisation.filter_zero_points)
    list.push_back({"weight_zero_point", per_filter, quantisation.filter_dtype});
  if (bias) list.push_back({"bias", per_filter});
  if (bias && quantisation.is_integer()) list.back().dtype = DType::float32;
  return list;
}

Scaling dynamic_scaling(float low, float high) {
  constexpr float most = 255.0F;
  low = std::min(low, 0.0F);
  high = std::max(high, 0.0F);
  const float scale = low == high ? 1.0F : (high - low) / most;
  const float zero_point = std::isfinite(scale) ? std::nearbyint(std::clamp(-low / scale, 0.0F, most)) : 0.0F;
  return {static_cast<double>(scale), static_cast<std::int64_t>(zero_point)};
}

Scaling make_whole(std::span<double> values) {
  float low = 0.0F;
  float high = 0.0F;
  for (const double value : values) {
    const auto real = static_cast<float>(value);
    low = real < low ? real : low;
    high = real > high ? real : high;
  }
  const Scaling scaling = dynamic_scaling(low, high);
  const auto zero_point = static_cast<double>(scaling.zero_point);
  for (double& value : values) {
    const float whole = std::nearbyint(static_cast<float>(value) / static_cast<float>(scaling.scale));
    value = saturated(DType::uint8, static_cast<double>(whole) + zero_point) - zero_point;
  }
  return scaling;
}

std::string quantised_category(const Quantisation& quantisation, std::string category) {
  if (!quantisation.is_integer()) return category;
  return (quantisation.dynamic              ? "int8 dynamic "
          : quantisation.filter_zero_points ? "int8 offset "
                                            : "int8 ") +
         std::move(category);
}

}  // namespace ns
