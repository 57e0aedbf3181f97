/// What random inputs of a net may hold, so that its layers find what they expect.
#pragma once

#include "net/net.hpp"

namespace ns {

/// Values from `low` up to, but not including, `high`; integers only if `whole`.
struct ValueRange {
  double low = -1.0;
  double high = 1.0;
  bool whole = false;

  /// The value that lies at `fraction`, in [0, 1), of the range.
  [[nodiscard]] double at(double fraction) const;
};

/// Booleans are 0 or 1; integers name elements of what their first reader picks from, else those of 8 bits
/// are any of their type and others 0 or 1 (masks and kinds); all else lies around 0.
ValueRange value_range(const Net& net, TensorId input);

/// Which elements indices pick from: the smallest extent that any of them names.
std::int64_t index_bound(const LayerParams& params, const std::vector<TensorType>& inputs);

}  // namespace ns
