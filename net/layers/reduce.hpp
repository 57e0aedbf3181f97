/// The room of reductions along axes.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// All elements along `axes` become one; without axes, all there are. `keep`: the reduced axes stay with an
/// extent of 1. l1, l2: sum of magnitudes, root of the sum of squares; log_sum, log_sum_exp: logarithm of the
/// sum (of exponentials).
struct Reduce {
  static constexpr std::string_view type = "reduce";

  enum class Kind { sum, mean, max, min, prod, l1, l2, log_sum, log_sum_exp, sum_square };

  Kind kind = Kind::sum;
  std::vector<std::int64_t> axes{};
  bool keep = true;

  friend bool operator==(const Reduce&, const Reduce&) = default;
};

inline constexpr std::array reduce_kinds{
    Choice<Reduce::Kind>{Reduce::Kind::sum, "sum"},
    Choice<Reduce::Kind>{Reduce::Kind::mean, "mean"},
    Choice<Reduce::Kind>{Reduce::Kind::max, "max"},
    Choice<Reduce::Kind>{Reduce::Kind::min, "min"},
    Choice<Reduce::Kind>{Reduce::Kind::prod, "prod"},
    Choice<Reduce::Kind>{Reduce::Kind::l1, "l1"},
    Choice<Reduce::Kind>{Reduce::Kind::l2, "l2"},
    Choice<Reduce::Kind>{Reduce::Kind::log_sum, "log_sum"},
    Choice<Reduce::Kind>{Reduce::Kind::log_sum_exp, "log_sum_exp"},
    Choice<Reduce::Kind>{Reduce::Kind::sum_square, "sum_square"},
};

void fields(auto& io, Room<Reduce> auto& layer) {
  io.choice(layer.kind, std::span<const Choice<Reduce::Kind>>{reduce_kinds});
  io.list("axes", layer.axes);
  io.flag("keep", layer.keep, true);
}

/// bad_input for an axis that the input lacks or that stands twice.
Result<std::vector<TensorType>> output_types(const Reduce& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Reduce& layer, const Signature& tensors);

/// One per input element.
Flops flops(const Reduce& layer, const Signature& tensors);

std::vector<Weight> weights(const Reduce& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Reduce& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Reduce& layer, const Signature& tensors);

/// The kind, and which axes: all, the last ones, or others.
std::string category(const Reduce& layer, const Signature& tensors);

/// Whether an axis is reduced, for each axis of an input of `rank`.
std::vector<bool> reduced_axes(const Reduce& layer, std::size_t rank);

}  // namespace ns
