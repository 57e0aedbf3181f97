/// The room of running sums and products along one axis.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Each element of the output, which has the input's own type, is the sum (or product) of the elements up to
/// its place on `axis`. exclusive: without the one at its place, so that the first is 0 (or 1); reverse: from
/// the end of the axis.
struct Cumsum {
  static constexpr std::string_view type = "cumsum";

  enum class Kind { sum, prod };

  std::int64_t axis = 1;
  Kind kind = Kind::sum;
  bool exclusive = false;
  bool reverse = false;

  friend bool operator==(const Cumsum&, const Cumsum&) = default;
};

inline constexpr std::array cumsum_kinds{
    Choice<Cumsum::Kind>{Cumsum::Kind::sum, "sum"},
    Choice<Cumsum::Kind>{Cumsum::Kind::prod, "prod"},
};

void fields(auto& io, Room<Cumsum> auto& layer) {
  io.number("axis", layer.axis, 1);
  io.choice("kind", layer.kind, std::span<const Choice<Cumsum::Kind>>{cumsum_kinds}, Cumsum::Kind::sum);
  io.flag("exclusive", layer.exclusive, false);
  io.flag("reverse", layer.reverse, false);
}

/// bad_input if there is no such axis.
Result<std::vector<TensorType>> output_types(const Cumsum& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Cumsum& layer, const Signature& tensors);

/// One per element.
Flops flops(const Cumsum& layer, const Signature& tensors);

std::vector<Weight> weights(const Cumsum& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Cumsum& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Cumsum& layer, const Signature& tensors);

/// The axis, last or not: along the last one each element waits for the one before.
std::string category(const Cumsum& layer, const Signature& tensors);

}  // namespace ns
