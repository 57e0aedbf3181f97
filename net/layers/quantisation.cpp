#include "net/layers/quantisation.hpp"

#include "core/array.hpp"

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
  if (auto checked = check_scaling(quantisation.in, input, "in"); !checked) return checked;
  if (quantisation.is_integer() && !quantisation.has_factors())
    return bad_input("in_scale goes with filter_dtype=int8 or uint8");
  if (quantisation.has_factors() && !quantisation.is_integer() && !is_floating(input))
    return bad_input(
        fmt::format("{} elements need in_scale beside filters of whole numbers", to_string(input)));
  if (quantisation.out && !quantisation.is_integer()) return bad_input("out_scale goes with in_scale");
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

std::string quantised_category(const Quantisation& quantisation, std::string category) {
  if (!quantisation.is_integer()) return category;
  return (quantisation.filter_zero_points ? "int8 offset " : "int8 ") + std::move(category);
}

}  // namespace ns
