/// Indices that arrive as values of a tensor.
#pragma once

#include <cstdint>

namespace ns {

/// The place that `index` names among `extent` elements: negative ones count from the end. What names none,
/// which ONNX forbids, wraps around, so that no kernel reads outside.
inline std::int64_t place_of(double index, std::int64_t extent) {
  constexpr double exact = 9.0e15;  // beyond it, and for NaN, the conversion is undefined
  if (!(index > -exact && index < exact)) return 0;
  const auto place = static_cast<std::int64_t>(index);
  if (place >= 0 && place < extent) return place;
  const auto rest = place % extent;
  return rest < 0 ? rest + extent : rest;
}

}  // namespace ns
