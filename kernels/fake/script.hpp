/// The formula of the fake device.
#pragma once

#include "core/units.hpp"
#include "kernels/backend.hpp"
#include "net/layer.hpp"

#include <cstdint>
#include <string>

namespace ns::fake {

struct Script {
  FlopsPerSecond rate{10e9};
  BytesPerSecond bandwidth{10e9};
  Seconds launch{1e-6};
  Seconds overhead{};
  Watts idle{0.5};
  Watts compute{3.0};
  Watts memory{1.0};
  double noise = 0.0;
  int disturb = 0;
  bool fuse = true;
  std::string absent;
  std::string wrong;

  /// Of one group; `cold`: its weights have to be read.
  [[nodiscard]] Seconds time_of(const LayerCost& cost, bool cold) const;
  [[nodiscard]] Seconds time_of(Bytes moved) const;
  /// What the group takes from idle's power on: nothing while it is launched.
  [[nodiscard]] Joules energy_above_idle(const LayerCost& cost, bool cold) const;
  /// Sample number `index` of something that takes `time`.
  [[nodiscard]] Sample sample(Seconds time, std::int64_t index) const;
};

}  // namespace ns::fake
