/// Where each element of a resized axis comes from: the weights of ONNX's Resize.
#pragma once

#include "net/layers/resize.hpp"

#include <cstdint>
#include <vector>

namespace ns {

/// Output element o is the sum over t of weights[o * taps + t] times input element sources[o * taps + t].
struct AxisTaps {
  std::int64_t taps = 1;
  std::vector<std::int64_t> sources;
  std::vector<double> weights;

  /// Whether it copies element by element.
  [[nodiscard]] bool is_identity() const;
};

/// Of one axis from `input` to the extent that `layer` gives it. Precondition: coordinates other than
/// tf_crop_and_resize, and output_types() accepts the shapes.
AxisTaps taps_of(const Resize& layer, std::size_t axis, std::int64_t input);

}  // namespace ns
