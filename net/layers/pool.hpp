/// The room of pooling: maximum or average over a window or over everything.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Input [N, C, spatial...]; output [N, C, spatial...], rounded as `rounding` says.
struct Pool {
  static constexpr std::string_view type = "pool";

  enum class Kind { max, average };
  /// `floor`; `ceil` as ONNX and PyTorch clip it (the last window starts inside the image or its begin pad);
  /// `caffe`: ceil, clipped so only where there is padding.
  enum class Rounding { floor, ceil, caffe };

  Kind kind = Kind::max;
  bool global = false;  // the window is the whole map; kernel, stride and pad are then empty
  std::vector<std::int64_t> kernel;
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> pad;  // all begins, then all ends
  Rounding rounding = Rounding::floor;
  bool count_pad = false;                // an average divides by the padded window
  std::vector<std::int64_t> dilation{};  // how far apart neighbouring taps stand; empty: 1

  friend bool operator==(const Pool&, const Pool&) = default;
};

inline constexpr std::array pool_kinds{Choice<Pool::Kind>{Pool::Kind::max, "max"},
                                       Choice<Pool::Kind>{Pool::Kind::average, "average"}};
inline constexpr std::array pool_roundings{Choice<Pool::Rounding>{Pool::Rounding::floor, "floor"},
                                           Choice<Pool::Rounding>{Pool::Rounding::ceil, "ceil"},
                                           Choice<Pool::Rounding>{Pool::Rounding::caffe, "caffe"}};

void fields(auto& io, Room<Pool> auto& layer) {
  io.choice(layer.kind, std::span<const Choice<Pool::Kind>>{pool_kinds});
  io.flag("global", layer.global, false);
  if (!layer.global) {
    io.window("kernel", layer.kernel);
    io.window("stride", layer.stride, 1);
    io.pads("pad", layer.pad);
    io.choice("rounding", layer.rounding, std::span<const Choice<Pool::Rounding>>{pool_roundings},
              Pool::Rounding::floor);
    io.flag("count_pad", layer.count_pad, false);
    io.list("dilation", layer.dilation);
  }
}

/// bad_input if the window does not fit or a pad is not smaller than it.
Result<std::vector<TensorType>> output_types(const Pool& layer, const std::vector<TensorType>& inputs);

/// 0: pooling multiplies nothing.
Macs macs(const Pool& layer, const Signature& tensors);

/// One per output element and window position.
Flops flops(const Pool& layer, const Signature& tensors);

std::vector<Weight> weights(const Pool& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Pool& layer, const Signature& tensors);

/// Sizes of the input and output maps (paper, section 5.1).
std::vector<Feature> paper_variables(const Pool& layer, const Signature& tensors);

/// Kind, global or kernel, stride and dilation.
std::string category(const Pool& layer, const Signature& tensors);

}  // namespace ns
