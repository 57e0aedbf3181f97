/// The geometry of a sliding window, always in three spatial axes: missing ones have extent 1.
#pragma once

#include "core/shape.hpp"
#include "net/layers/conv.hpp"
#include "net/layers/deconv.hpp"
#include "net/layers/local.hpp"
#include "net/layers/pool.hpp"

#include <array>
#include <cstdint>

namespace ns {

struct WindowGeometry {
  using Extents = std::array<std::int64_t, 3>;

  std::int64_t batch = 1;
  std::int64_t channels = 1;  // of the input
  std::int64_t filters = 1;   // channels of the output
  Extents in{1, 1, 1};
  Extents out{1, 1, 1};
  Extents kernel{1, 1, 1};
  Extents stride{1, 1, 1};
  Extents dilation{1, 1, 1};
  Extents pad{0, 0, 0};      // begins
  Extents pad_end{0, 0, 0};  // ends, as the layer states them; a rounded-up output may reach further

  [[nodiscard]] std::int64_t in_plane() const { return in[0] * in[1] * in[2]; }
  [[nodiscard]] std::int64_t out_plane() const { return out[0] * out[1] * out[2]; }
  [[nodiscard]] std::int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
};

WindowGeometry window_of(const Conv& layer, const Shape& in, const Shape& out);
WindowGeometry window_of(const Deconv& layer, const Shape& in, const Shape& out);
WindowGeometry window_of(const Local& layer, const Shape& in, const Shape& out);
WindowGeometry window_of(const Pool& layer, const Shape& in, const Shape& out);

}  // namespace ns
