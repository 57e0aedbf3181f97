/// Where a layer's trained values come from.
#pragma once

#include "core/error.hpp"
#include "net/net.hpp"

#include <cstdint>
#include <span>

namespace ns {

class Weights {
 public:
  virtual ~Weights() = default;
  /// Fills `values` with the elements from `first` on of weight number `slot` (the order of weights(params,
  /// ...)) of `layer` in `net`, row-major. Precondition: the weight has as many.
  virtual Result<void> read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                            std::span<float> values) const = 0;
};

/// Seeded and sane: normal with variance 2 / fan-in; statistics and scales around 1; small whole numbers
/// where the elements are integers, nearly all of 8 bits where they are filters, 0 and 1 where they are
/// booleans. The same for the same seed, layer name
/// and slot, whatever the backend and the other layers of the net.
class RandomWeights final : public Weights {
 public:
  explicit RandomWeights(std::uint64_t seed) : seed_{seed} {}
  Result<void> read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                    std::span<float> values) const override;

 private:
  std::uint64_t seed_;
};

}  // namespace ns
